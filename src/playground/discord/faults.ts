/** Discord's answers to requests that it does not carry out (page "Opcodes and status codes"). */
export const FAULTS = {
  NOT_FOUND: [404, 0, '404: Not Found'],
  UNAUTHORIZED: [401, 0, '401: Unauthorized'],
  SERVER_ERROR: [502, 0, '502: Bad Gateway'],
  UNKNOWN_APPLICATION: [404, 10002, 'Unknown Application'],
  UNKNOWN_CHANNEL: [404, 10003, 'Unknown Channel'],
  UNKNOWN_GUILD: [404, 10004, 'Unknown Guild'],
  UNKNOWN_MEMBER: [404, 10007, 'Unknown Member'],
  UNKNOWN_MESSAGE: [404, 10008, 'Unknown Message'],
  UNKNOWN_USER: [404, 10013, 'Unknown User'],
  UNKNOWN_WEBHOOK: [404, 10015, 'Unknown Webhook'],
  UNKNOWN_INTERACTION: [404, 10062, 'Unknown interaction'],
  TOO_MANY_PINS: [400, 30003, 'Maximum number of pins reached (250)'],
  TOO_LARGE: [413, 40005, 'Request entity too large'],
  ALREADY_ACKNOWLEDGED: [400, 40060, 'Interaction has already been acknowledged.'],
  MISSING_ACCESS: [403, 50001, 'Missing Access'],
  NOT_YOUR_MESSAGE: [403, 50005, 'Cannot edit a message authored by another user'],
  EMPTY_MESSAGE: [400, 50006, 'Cannot send an empty message'],
  DIRECT_MESSAGES_CLOSED: [403, 50007, 'Cannot send messages to this user'],
  MISSING_PERMISSIONS: [403, 50013, 'Missing Permissions'],
  WRONG_CHANNEL_TYPE: [400, 50024, 'Cannot execute action on this channel type'],
  INVALID_WEBHOOK_TOKEN: [401, 50027, 'Invalid Webhook Token'],
  INVALID_FORM: [400, 50035, 'Invalid Form Body'],
  THREAD_ARCHIVED: [400, 50083, 'Thread is archived'],
  INVALID_JSON: [400, 50109, 'The request body contains invalid JSON.'],
  THREAD_EXISTS: [400, 160004, 'A thread has already been created for this message'],
  TOO_MANY_THREADS: [400, 160006, 'Maximum number of active threads reached'],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>;

export type FaultName = keyof typeof FAULTS;

/** Thrown by a route; becomes Discord's error answer. */
export class DiscordFault extends Error {
  override readonly name = 'DiscordFault';
  readonly fault: FaultName;
  /** Discord's `errors`: what is wrong where in the body. Only with INVALID_FORM. */
  readonly errors: object | undefined;

  constructor(fault: FaultName, errors?: object) {
    super(FAULTS[fault][2]);
    this.fault = fault;
    this.errors = errors;
  }

  get status(): number {
    return FAULTS[this.fault][0];
  }

  /** The body of the answer. */
  get body(): object {
    const [, code, message] = FAULTS[this.fault];
    return { message, code, ...(this.errors ? { errors: this.errors } : {}) };
  }
}
