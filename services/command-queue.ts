import { type Clock, seconds } from '../src/protocol/clock.ts';
import { signCommand } from '../src/protocol/commands.ts';
import { newCommandId } from '../src/protocol/ids.ts';
import { PER_AGENT, TIMES } from '../src/protocol/limits.ts';
import type { Command } from '../src/protocol/messages.ts';
import type { AuditLog } from './audit-log.ts';
import type { BotIdentity } from './hub/identity.ts';
import type { Agent } from './store/records/agents.ts';
import type { Tables } from './store/records/records.ts';

/** The machine's key or pairing ended before its command could be signed; the transaction is to be given up. */
export class AgentGone extends Error {}

/** Where commands are signed: the only place that uses B for them. */
export class CommandQueue {
  readonly #identity: BotIdentity;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  /** Times (`Clock.elapsed`) of each agent's commands within the last minute. */
  readonly #recent = new Map<string, number[]>();

  constructor(identity: BotIdentity, audit: AuditLog, clock: Clock) {
    this.#identity = identity;
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Whether this machine may be sent another command this minute (channel.md §8). Pieces of plans do not count: nobody asks for them. */
  hasRoom(agent: string): boolean {
    return this.#ofLastMinute(agent).length < PER_AGENT.commandsPerMinute;
  }

  /**
   * Signs a command and stores it, in the caller's transaction, under the machine's next number. After the commit ring
   * `outbox.new`. `actor` is written down as whose wish it was.
   * @throws AgentGone when the machine is not active
   */
  async put(tables: Tables, agent: Agent, command: Command, actor?: string): Promise<void> {
    const { botId, bot } = this.#identity;
    const now = this.#clock.now();
    const job = 'job' in command.body ? command.body.job : null;
    const expiresAt = (seconds(now) + TIMES.commandLifeS) * 1000;
    const row = await tables.outbox.append(
      { agent: agent.id, command: command.t, job, expiresAt },
      ({ epoch, seq }) =>
        signCommand(command, { botId, agentId: agent.id, id: newCommandId(now), epoch, seq, now }, bot),
    );
    if (row === undefined) throw new AgentGone();
    await this.#audit.command(tables, row.raw, {
      guild: agent.guild,
      agent: agent.id,
      ...(job === null ? {} : { job }),
      ...(actor === undefined ? {} : { actor }),
    });
    if (command.t !== 'part.get')
      this.#recent.set(agent.id, [...this.#ofLastMinute(agent.id), this.#clock.elapsed()]);
  }

  #ofLastMinute(agent: string): number[] {
    const since = this.#clock.elapsed() - 60_000;
    return (this.#recent.get(agent) ?? []).filter((at) => at > since);
  }
}
