/** The connection with the playground: what it tells, and what this page asks. */

/** @typedef {{ name: string, label: string, on?: boolean }} Trouble */
/** @typedef {{ id?: number, refused?: string, choices?: { name: string, value: string | number }[], happened?: string, troubles?: Trouble[] }} Reply */

const RETRY_MS = 1000;

/** @type {Map<string, (told: any) => void>} */
const listeners = new Map();
/** @type {Map<number, (reply: Reply) => void>} */
const waiting = new Map();
/** @type {WebSocket | undefined} */
let socket;
let last = 0;

/**
 * Calls `listener` with everything of one kind that the playground tells.
 * @param {string} tell
 * @param {(told: any) => void} listener
 */
export function onTold(tell, listener) {
  listeners.set(tell, listener);
}

/** Connects, and again whenever the connection is lost. */
export function connect() {
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.addEventListener('message', ({ data }) => take(JSON.parse(data)));
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer({ refused: 'The playground is away.' });
    waiting.clear();
    listeners.get('away')?.({});
    setTimeout(connect, RETRY_MS);
  });
}

/**
 * Asks and waits for the reply.
 * @param {Record<string, unknown>} what
 * @returns {Promise<Reply>}
 */
export function ask(what) {
  last += 1;
  const id = last;
  if (!tell({ ...what, id })) return Promise.resolve({ refused: 'The playground is away.' });
  return new Promise((resolve) => waiting.set(id, resolve));
}

/**
 * Says something that needs no reply. False when nobody listens.
 * @param {Record<string, unknown>} what
 */
export function tell(what) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(what));
  return true;
}

/** @param {any} told */
function take(told) {
  if (told.tell !== 'reply') return listeners.get(told.tell)?.(told);
  waiting.get(told.id)?.(told);
  waiting.delete(told.id);
}
