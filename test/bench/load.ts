import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as wait } from 'node:timers/promises';
import type { BotAtDiscord } from './bot-at-discord.ts';

/** What people type, in turn; the bare bots acknowledge any of them. */
const COMMANDS = ['/status', '/machine list', '/help', '/machine setup'] as const;
/** Longest wait for the last answers of a round, ms. */
const LAST_MS = 3_000;

/**
 * Sends so many interactions at that rate, whether or not earlier ones are answered. Returns for each the milliseconds
 * from a person's press, just before its INTERACTION_CREATE is made and written to the gateway, to the callback's arrival:
 * the head of its request is read, nothing of it has been checked.
 * @throws when one was not acknowledged
 */
export async function latencies(bot: BotAtDiscord, perSecond: number, count: number): Promise<number[]> {
  const arrivals = new Map<string, number>();
  const note = (message: unknown): void => {
    const id = /\/interactions\/(\d+)\/[^/]+\/callback/.exec(urlOf(message))?.[1];
    if (id !== undefined) arrivals.set(id, performance.now());
  };
  const before = bot.discord.interactions.length;
  subscribe('http.server.request.start', note);
  try {
    const { sent, answers } = await send(bot, perSecond, count);
    await Promise.allSettled(answers);
    const ids = bot.discord.interactions.slice(before).map(({ id }) => id);
    return sent.map((at, index) => {
      const arrival = arrivals.get(ids[index] ?? '');
      if (arrival === undefined) throw new Error(`${bot.name} did not acknowledge interaction ${index + 1}.`);
      return arrival - at;
    });
  } finally {
    unsubscribe('http.server.request.start', note);
  }
}

async function send({ people, channel }: BotAtDiscord, perSecond: number, count: number) {
  const sent: number[] = [];
  const answers: Promise<unknown>[] = [];
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    const due = began + (n * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    const person = people[n % people.length];
    if (person === undefined) throw new Error('There is nobody.');
    // Taken before: the event is written to the socket somewhere in here, and a bot may answer before this returns.
    sent.push(performance.now());
    const answer = person.slash(channel, COMMANDS[n % COMMANDS.length] ?? '', { deadlineMs: LAST_MS });
    // Bare bots never answer.
    answer.catch(() => undefined);
    answers.push(answer);
  }
  return { sent, answers };
}

function urlOf(message: unknown): string {
  const { request } = message as { readonly request: { readonly url?: string } };
  return request.url ?? '';
}
