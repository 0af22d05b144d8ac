import { snowflakeTime } from '../src/protocol/actor.ts';
import type { Card } from '../src/shared/card.ts';
import type { Clock } from '../src/shared/clock.ts';
import type { Logger } from '../src/shared/logger.ts';
import type { DiscordPort } from './discord-port.ts';
import { LiveMessage } from './live-message.ts';
import type { Metrics, MetricsSummary } from './services.ts';
import { opaqueId } from './store/records/ids.ts';
import type { Settings } from './store/records/settings.ts';
import { Turns } from './turns.ts';

export interface MetricsCardOptions {
  readonly port: DiscordPort;
  readonly metrics: Metrics;
  readonly settings: Settings;
  /** Name or id of the channel that the card is kept in. */
  readonly channel: string;
  readonly draw: (week: MetricsSummary, day: MetricsSummary) => Card;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface MetricsCard {
  /** Finds the card of a server, or posts it, and keeps it up to date from then on. */
  keep(guild: string): Promise<void>;
  close(): void;
}

const KEY = 'metrics-card';
const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** Figures also change because time passes. */
const REDRAW_MS = 3_600_000;

/** One card with figures in each server, found again after a start, posted anew when somebody removed it. */
export function createMetricsCard(options: MetricsCardOptions): MetricsCard {
  const { metrics, clock, log } = options;
  const editors = new Map<string, LiveMessage>();
  /** Servers whose card is kept. */
  const kept = new Set<string>();
  const turns = new Turns();
  let cancelTimer: (() => void) | undefined;
  let isClosed = false;

  /** One redraw of a server after the other, so that two never post a card each. */
  async function redraw(guild: string): Promise<void> {
    try {
      await turns.run(guild, () => draw(guild));
    } catch (error) {
      log.error({ err: error, guild }, 'the figures could not be shown');
    }
  }

  async function draw(guild: string): Promise<void> {
    if (isClosed) return;
    const now = clock.now();
    const week = await metrics.summary(guild, now - WEEK_MS, now + 1);
    const day = await metrics.summary(guild, now - DAY_MS, now + 1);
    const card = options.draw(week, day);
    const editor = editors.get(guild) ?? (await found(guild));
    if (editor === undefined) await post(guild, card);
    else editor.show(card);
  }

  async function found(guild: string): Promise<LiveMessage | undefined> {
    const place = await options.settings.get(guild, KEY);
    return isPlace(place) ? editorOf(guild, place) : undefined;
  }

  async function post(guild: string, card: Card): Promise<void> {
    const channel = options.port.channel(guild, options.channel);
    if (channel === undefined) {
      log.warn({ guild, channel: options.channel }, 'the channel for the figures is not there');
      return;
    }
    const sent = await options.port.send(channel, card, opaqueId());
    if (typeof sent === 'string') return;
    const place = { channel, message: sent.message };
    await options.settings.set(guild, KEY, place);
    editorOf(guild, place, card);
  }

  function editorOf(guild: string, { channel, message }: Place, shown?: Card): LiveMessage {
    const onLost = (why: string) => {
      editors.delete(guild);
      log.warn({ guild, why }, 'the card with the figures can no longer be redrawn');
      if (why !== 'gone') return;
      void options.settings
        .remove(guild, KEY)
        .then(() => redraw(guild))
        .catch((error: unknown) => log.error({ err: error, guild }, 'the figures could not be posted again'));
    };
    const sentAt = snowflakeTime(message);
    const editor = new LiveMessage({ port: options.port, channel, message, sentAt, clock, onLost }, shown);
    editors.set(guild, editor);
    return editor;
  }

  const stop = metrics.onChange((guild) => {
    if (kept.has(guild)) void redraw(guild);
  });
  const again = () => {
    for (const guild of kept) void redraw(guild);
    cancelTimer = clock.after(REDRAW_MS, again);
  };
  cancelTimer = clock.after(REDRAW_MS, again);

  return {
    async keep(guild) {
      kept.add(guild);
      await redraw(guild);
    },
    close() {
      isClosed = true;
      stop();
      cancelTimer?.();
      for (const editor of editors.values()) editor.close();
    },
  };
}

interface Place {
  readonly channel: string;
  readonly message: string;
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false;
  const { channel, message } = value as Readonly<Record<string, unknown>>;
  return typeof channel === 'string' && typeof message === 'string';
}
