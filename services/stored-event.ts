import type { Clock } from '../src/protocol/clock.ts';
import { eventDigest, NO_EVENT } from '../src/protocol/digest.ts';
import { verifyEvent } from '../src/protocol/events.ts';
import type { DurableEvent } from '../src/protocol/messages.ts';
import type { AlarmName } from './audit-log.ts';
import type { Agent } from './store/records/agents.ts';
import type { InboxRow } from './store/records/inbox.ts';
import type { Records } from './store/records/records.ts';

export interface StoredEventReader {
  readonly records: Records;
  readonly botId: string;
  readonly clock: Clock;
}

/** What a stored event says, or why it is not acted on. */
export type StoredEvent =
  | { readonly ok: true; readonly agent: Agent; readonly event: DurableEvent }
  | { readonly ok: false; readonly name: AlarmName; readonly detail: string };

/** Verifies an event of the inbox as if the hub had not: key, chain and form (channel.md §7). */
export async function readStored(
  { records, botId, clock }: StoredEventReader,
  row: InboxRow,
): Promise<StoredEvent> {
  const agent = await records.agents.claimed(row.agent);
  if (agent?.state !== 'active' || agent.epoch !== row.epoch)
    return refused('forged-event', 'the machine was revoked, suspended or paired again; not acted on');
  const before = await digestBefore(records, row);
  if (before === undefined) return refused('chain-gap', `event ${row.seq - 1} is missing`);
  const verified = await verifyEvent(row.raw, {
    agent: agent.jwk,
    agentId: agent.id,
    botId,
    now: clock.now(),
    epoch: agent.epoch,
    last: { seq: row.seq - 1, digest: before },
  });
  if (!verified.ok)
    return refused(verified.code === 'STATE_REGRESSED' ? 'chain-gap' : 'forged-event', verified.code);
  if (!verified.durable || verified.seq !== row.seq)
    return refused('forged-event', 'stored as something else');
  return { ok: true, agent, event: verified.event };
}

async function digestBefore(
  { inbox }: Records,
  { agent, epoch, seq }: InboxRow,
): Promise<string | undefined> {
  if (seq === 1) return NO_EVENT;
  const before = await inbox.find(agent, epoch, seq - 1);
  return before && eventDigest(before.raw);
}

function refused(name: AlarmName, detail: string): StoredEvent {
  return { ok: false, name, detail };
}
