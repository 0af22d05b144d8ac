import type { Clock } from '../../src/protocol/clock.ts';
import type { CloseName } from '../../src/protocol/close-codes.ts';
import type { Hello, Proof } from '../../src/protocol/handshake-frames.ts';
import type { Admission } from '../../src/protocol/hub-handshake.ts';
import { newConnectionId } from '../../src/protocol/ids.ts';
import { fits, list, nonce, object } from '../../src/protocol/schema.ts';
import type { AuditLog } from '../audit-log.ts';
import type { Agent } from '../store/records/agents.ts';
import type { Records, Tables } from '../store/records/records.ts';

/** So many earlier starts of an agent are remembered. */
const REMEMBERED = 64;

/** Starts of an agent program, by its `inst`: the one that connected last, and those before it. */
const INSTANCES = object({ current: nonce, replaced: list(nonce, REMEMBERED) });

export interface AdmissionDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Told when a machine was suspended here: its other connection ends. */
  readonly onSuspended: (agent: string) => void;
}

/**
 * What a hub looks at once an agent's key is proven, in one transaction: that it is still that key, that it is the only
 * living copy, and from which numbers both go on.
 */
export async function admit(
  { records, audit, clock, onSuspended }: AdmissionDeps,
  hello: Hello,
  proof: Proof,
): Promise<Admission | { readonly close: CloseName }> {
  const admission = await records.transaction(async (tables) => {
    const agent = await tables.agents.claimed(hello.agent_id);
    if (agent === undefined) return { close: 'UNPAIRED' as const };
    if (agent.state !== 'active') return { close: 'REVOKED' as const };
    if (agent.thumbprint !== hello.kid || agent.epoch !== proof.ep) return { close: 'AUTH_FAILED' as const };
    const about = { guild: agent.guild, agent: agent.id };
    if (!(await isOnlyCopy(tables, agent, hello.inst))) {
      await tables.agents.suspend(agent.id, agent.epoch);
      const detail = 'a start of the agent that had been replaced came back; the machine is suspended';
      await audit.alarm(tables, { ...about, name: 'two-copies', detail });
      return { close: 'REVOKED' as const, suspended: true };
    }
    await tables.agents.noteRoundTrip(agent.id, agent.epoch, proof.ver);
    if (await tables.outbox.raiseNumber(agent.id, proof.last_cmd)) {
      const detail = `the agent took command ${proof.last_cmd}, which is not in these records; numbers go on above it`;
      await audit.alarm(tables, { ...about, name: 'bot-restored', detail });
    }
    const evtAck = await tables.inbox.lastAcknowledged(agent.id, agent.epoch);
    return { conn: newConnectionId(clock.now()), cmdAfter: proof.last_cmd, evtAck };
  });
  if ('suspended' in admission) onSuspended(hello.agent_id);
  return 'close' in admission ? { close: admission.close } : admission;
}

/** Notes which start of the agent is connected. False when it is one that another has replaced. */
async function isOnlyCopy({ settings }: Tables, { id, guild }: Agent, inst: string): Promise<boolean> {
  const key = `instances:${id}`;
  const known = await settings.get(guild, key);
  if (!fits(INSTANCES, known)) {
    await settings.set(guild, key, { current: inst, replaced: [] });
    return true;
  }
  if (known.current === inst) return true;
  if (known.replaced.includes(inst)) return false;
  const replaced = [known.current, ...known.replaced].slice(0, REMEMBERED);
  await settings.set(guild, key, { current: inst, replaced });
  return true;
}
