import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';

const LIMIT = 50;

/** Headers of a bucket that never runs out: clients read them, and none has to wait. */
export function rateLimitHeaders(clock: Clock, route: string): Record<string, string> {
  return {
    'x-ratelimit-limit': String(LIMIT),
    'x-ratelimit-remaining': String(LIMIT - 1),
    'x-ratelimit-reset': (clock.now() / 1000 + 1).toFixed(3),
    'x-ratelimit-reset-after': '1.000',
    'x-ratelimit-bucket': createHash('sha256').update(route).digest('hex').slice(0, 32),
  };
}

/** Trouble that the service can be made to have. */
export type Trouble =
  | { readonly kind: 'server-error' }
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number };

export interface TroubleAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: object;
}

/** What every request is answered while there is trouble (page "Rate limits"). */
export function troubleAnswer(trouble: Trouble): TroubleAnswer {
  if (trouble.kind === 'server-error') {
    return { status: 502, headers: {}, body: { message: '502: Bad Gateway', code: 0 } };
  }
  const { retryAfterSeconds } = trouble;
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds), 'x-ratelimit-scope': 'user' },
    body: { message: 'You are being rate limited.', retry_after: retryAfterSeconds, global: false },
  };
}
