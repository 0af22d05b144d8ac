/**
 * A doorbell between the parts of the bot. It says that something is new, never what: the records are the truth, and
 * whoever rings stores first. A lost ring costs time, because everyone also looks by themselves now and then.
 */
export interface Bus<Topics extends object = BusTopics> {
  /** Tells everyone who listens, this process included. Returns before they have heard it. Does nothing once closed. */
  publish<Topic extends keyof Topics & string>(topic: Topic, message: Topics[Topic]): Promise<void>;
  /**
   * Calls `listener` with a copy of every later message, in the order in which they were published, until the returned
   * function is called. A listener that throws is reported and disturbs nobody.
   */
  subscribe<Topic extends keyof Topics & string>(
    topic: Topic,
    listener: (message: Topics[Topic]) => void | Promise<void>,
  ): Promise<Unsubscribe>;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

/** Ends a subscription at once: also what was published before and not yet heard is not heard any more. */
export type Unsubscribe = () => Promise<void>;

/** What rings, and what it names. Messages are plain JSON. */
export interface BusTopics {
  /** The outbox has something for this agent. */
  readonly 'outbox.new': { readonly agent: string };
  /** The inbox has something from this agent. */
  readonly 'inbox.new': { readonly agent: string };
  /** This job moved. */
  readonly 'job.moved': { readonly job: string };
  /** How far a job is. Not stored anywhere: only the newest counts. */
  readonly 'job.progress': { readonly job: string; readonly agent: string; readonly body: unknown };
  /** This machine was paired again, suspended or revoked: its connection ends. */
  readonly 'agent.changed': { readonly agent: string };
  /** This story is to be drawn again. */
  readonly 'story.changed': { readonly story: string };
}

type Listener = (message: never) => void | Promise<void>;

/** The bus of a bot that is one process. `onError` is told what listeners throw. */
export function inProcessBus<Topics extends object = BusTopics>(
  onError: (error: unknown, topic: string) => void,
): Bus<Topics> {
  const listeners = new Map<string, Set<{ readonly call: Listener }>>();
  let isClosed = false;

  async function hear(topic: string, listener: { readonly call: Listener }, text: string): Promise<void> {
    if (!listeners.get(topic)?.has(listener)) return;
    try {
      await listener.call(JSON.parse(text) as never);
    } catch (error) {
      onError(error, topic);
    }
  }

  return {
    async publish(topic, message) {
      // The text that another process would get: no two listeners share an object, and what is not JSON shows early.
      const text = JSON.stringify(message);
      for (const listener of listeners.get(topic) ?? []) setImmediate(() => void hear(topic, listener, text));
    },
    async subscribe(topic, call) {
      const listener = { call };
      if (isClosed) return async () => {};
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic.add(listener));
      return async () => {
        ofTopic.delete(listener);
      };
    },
    async close() {
      for (const ofTopic of listeners.values()) ofTopic.clear();
      listeners.clear();
      isClosed = true;
    },
  };
}
