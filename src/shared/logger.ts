import { pino } from 'pino';

/** What the programs need of a logger: static text with fields. */
export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Members of that name are never written, at the top and one level below: interaction tokens open a person's replies. */
const REDACTED = [
  'token',
  'secret',
  'password',
  'authorization',
  'Authorization',
  'privateKey',
  'apiKey',
  'requestBody',
  'rawError',
];

/** Interaction and webhook tokens stand in addresses: `/webhooks/APP/TOKEN/…`, `/interactions/ID/TOKEN/callback`. */
const TOKEN_IN_URL = /(\/(?:webhooks|interactions)\/\d{17,20}\/)[^/?\s"]+/g;

/**
 * A logger that writes JSON lines. A `Secret` prints as its name, as everywhere; see `REDACTED` for what is left out. Lines go to
 * `destination`, or to stdout.
 */
export function createLogger(level: LogLevel, destination?: { write(line: string): void }): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: serializeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** What of an error is written: discord.js puts the request's body and address, with its token, onto its errors. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    type: error.name,
    message: withoutTokens(error.message),
    stack: withoutTokens(error.stack ?? ''),
    ...('code' in error ? { code: error.code } : {}),
    ...('status' in error ? { status: error.status } : {}),
  };
}

function withoutTokens(text: string): string {
  return text.replace(TOKEN_IN_URL, '$1[redacted]');
}
