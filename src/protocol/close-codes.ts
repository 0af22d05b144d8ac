/**
 * What an agent does after the connection was closed:
 * - `retry`: connect again after the usual wait (limits.ts, TRANSPORT)
 * - `retry hourly`: tell the person, try once an hour; `connect` tries at once
 * - `stop`: tell the person, and connect only when asked to
 */
export type Fate = 'retry' | 'retry hourly' | 'stop';

/** Close codes of the WebSocket. They are advice from somebody unproven: none of them ever deletes anything. */
export const CLOSE_CODES = {
  /** A frame that is not of the expected form, or not expected now. */
  BAD_FRAME: { code: 4400, fate: 'retry' },
  /** A signature, nonce, transcript or commitment that does not fit. */
  AUTH_FAILED: { code: 4401, fate: 'retry hourly' },
  /** This agent's key was revoked or suspended. */
  REVOKED: { code: 4403, fate: 'retry hourly' },
  TIMEOUT: { code: 4408, fate: 'retry' },
  /** A newer connection of the same agent was proven; coming back would only replace that one. */
  REPLACED: { code: 4409, fate: 'stop' },
  /** The bot does not know this agent: pair again. */
  UNPAIRED: { code: 4410, fate: 'retry hourly' },
  TOO_LARGE: { code: 4413, fate: 'retry' },
  /** No version of the protocol that both sides speak, or an agent that is too old. */
  VERSION: { code: 4426, fate: 'retry hourly' },
  RATE: { code: 4429, fate: 'retry' },
  /** The hub is going away and will be back, or another one is there. */
  DRAIN: { code: 4503, fate: 'retry' },
} as const satisfies Record<string, { readonly code: number; readonly fate: Fate }>;

export type CloseName = keyof typeof CLOSE_CODES;

/** Name of a close code; undefined for codes of the WebSocket protocol itself (1000, 1006, …) and unknown ones. */
export function closeNameOf(code: number): CloseName | undefined {
  return (Object.keys(CLOSE_CODES) as CloseName[]).find((name) => CLOSE_CODES[name].code === code);
}

/** The agent's fate after any close code. A connection that merely broke is tried again. */
export function fateOf(code: number): Fate {
  const name = closeNameOf(code);
  return name === undefined ? 'retry' : CLOSE_CODES[name].fate;
}
