/** Every number of the channel, with its unit. Where one is a promise to the other side, both sides read it here. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** The WebSocket itself. */
export const TRANSPORT = {
  path: '/agent/v1',
  subprotocol: 'awm.v1',
  /** Bytes of one message; anything larger closes the connection. */
  maxPayloadBytes: 256 * KIB,
  /** Fragments of one message. */
  maxFragments: 32,
  /** Bytes waiting to be sent; more than this closes the connection. */
  maxBufferedBytes: MIB,
  /** Bytes of the path of a Unix socket; the kernel allows a few more, and only on some systems. */
  maxSocketPathBytes: 100,
  /** Milliseconds between two pings; each is moved by up to the jitter, so that a thousand agents do not ping at once. */
  pingMs: 25_000,
  pingJitterMs: 5_000,
  /** Milliseconds without a word after which either side drops the connection. */
  silenceMs: 60_000,
  /** Milliseconds before the first new try, and the longest wait; the wait itself is random between 0 and the bound. */
  retryFirstMs: 1_000,
  retryLongestMs: 60_000,
  /** Milliseconds between tries after a close code that only a person can mend. */
  retryHourlyMs: 3_600_000,
} as const;

/** A JWS as text, in bytes. */
export const JWS_BYTES = {
  command: 8 * KIB,
  event: 8 * KIB,
  /** A `job.part`: 64 KiB, in base64url twice, and its claims. */
  part: 128 * KIB,
  acknowledgement: 4 * KIB,
  handshake: 4 * KIB,
  pairing: 4 * KIB,
  certificate: KIB,
} as const;

/** Times that signed messages are held to. Seconds, like the claims. */
export const TIMES = {
  /** Longest life of a command. */
  commandLifeS: 900,
  /** Life of a hub's certificate, and when it is made anew. */
  certificateLifeS: 86_400,
  certificateRenewS: 43_200,
  /** How long after its end a certificate is still taken: the agent's clock may be ahead. */
  certificateGraceS: 600,
  /** How far ahead of us the signer's clock may be. */
  aheadS: 120,
  /** How far local and hub time may differ before the agent does nothing but read. */
  clockDifferenceS: 120,
  /** Age of the press that approves a write. */
  approvalAgeS: 600,
  /** Life of a plan. */
  planLifeS: 3_600,
} as const;

export const HANDSHAKE = {
  /** Milliseconds from the opened connection to the proven one. */
  totalMs: 5_000,
  frames: 4,
  frameBytes: 4 * KIB,
} as const;

export const PAIRING = {
  /** Milliseconds for the whole of it, the person's answer included. */
  totalMs: 300_000,
  frameBytes: 4 * KIB,
  /** Questions to the owner in an hour, on the same machine. */
  promptsPerHour: 3,
  /** Codes that may be tried within this time, from another machine: by an account, in a server, and by all together. */
  codeTriesMs: 600_000,
  codeTriesPerUser: 5,
  codeTriesPerGuild: 20,
  codeTriesInAll: 100,
  /** How often the six digits may be typed at the terminal. */
  digitTries: 2,
  /** Machines of one account. */
  machinesPerUser: 10,
} as const;

/** Command and event numbers stay below this: far below where a double loses whole numbers. */
export const MAX_NUMBER = 2 ** 48;

/** What one agent may send or be sent. */
export const PER_AGENT = {
  /** Of those that people ask for; pieces of plans do not count. */
  commandsPerMinute: 20,
  writingJobs: 1,
  readingJobs: 4,
  eventsPerSecond: 60,
  progressPerSecond: 2,
  /** Bytes stored in a day; then only ends of jobs are taken. */
  storedBytesPerDay: 64 * MIB,
  /** Bytes of unacknowledged events on the agent's disk; when full, new jobs get BUSY and parts are dropped. */
  spoolBytes: 32 * MIB,
  planBytes: 8 * MIB,
  partBytes: 64 * KIB,
  /** Days that ended jobs, used approvals and the audit log are remembered. */
  memoryDays: 90,
} as const;

/** Connections that have proven nothing yet. A Unix socket does not count per address. */
export const UNPROVEN = {
  inAll: 500,
  perAddress: 20,
  pairingsInAll: 200,
  pairingsPerAddress: 5,
  pairingsPerAddressPerMinute: 5,
  /** Milliseconds that the other side gets to answer a closing frame. */
  goodbyeMs: 1_000,
} as const;
