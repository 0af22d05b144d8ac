import { join } from 'node:path';
import { parseAddress } from '../../../src/agent/channel/address.ts';
import { ChannelHome } from '../../../src/agent/channel/channel-home.ts';
import { ConnectedAgent } from '../../../src/agent/channel/connected-agent.ts';
import { type Identity, writeIdentity } from '../../../src/agent/channel/identity.ts';
import { REAL_TIMERS, type Timers } from '../../../src/agent/channel/timers.ts';
import { addRoot } from '../../../src/agent/roots.ts';
import { type AgentSettings, readSettings } from '../../../src/agent/settings.ts';
import type { System } from '../../../src/agent/system.ts';
import type { Actor } from '../../../src/protocol/actor.ts';
import type { Approval } from '../../../src/protocol/approval.ts';
import type { Clock } from '../../../src/protocol/clock.ts';
import { newJobId } from '../../../src/protocol/ids.ts';
import type { JobType } from '../../../src/protocol/jobs.ts';
import type { Command } from '../../../src/protocol/messages.ts';
import type { TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { freshSystem } from '../../helpers/tiny-migration.ts';
import { A, APP, B, BOT, GUILD, N, OWNER, snowflakeAt } from '../../protocol/parties.ts';
import { TestHub } from './test-hub.ts';

export const AGENT_ID = 'ag_019ab2c3-d4e5-7f60-8123-456789abcdef';

/** A clock that goes with the real one, and can be set. */
export class MovableClock implements Clock {
  #offset = 0;
  #elapsed = 0;
  now(): Date {
    return new Date(Date.now() + this.#offset);
  }
  elapsed(): number {
    return performance.now() + this.#elapsed;
  }
  /** Somebody sets the time of day. */
  set(ms: number): void {
    this.#offset += ms;
  }
  /** Time goes by. */
  pass(ms: number): void {
    this.#offset += ms;
    this.#elapsed += ms;
  }
}

/** A computer that is linked with a hub of the test, the clocks of both, and what was said at its terminal. */
export interface Linked {
  readonly hub: TestHub;
  readonly system: System;
  readonly settings: AgentSettings;
  readonly home: ChannelHome;
  readonly clock: MovableClock;
  readonly hubClock: MovableClock;
  readonly lines: string[];
  readonly identity: Identity;
  /** Starts the agent, as `connect` does, and waits until both sides are proven. */
  connect(): Promise<ConnectedAgent>;
  /** Starts it without waiting; `ended` is what `run` comes to. */
  start(timers?: Timers): { readonly agent: ConnectedAgent; readonly ended: Promise<'stopped' | 'stop'> };
  /** Ends the agents that were started, and the hub. */
  end(): Promise<void>;
}

export type Place = Pick<TinyInstallation, 'root' | 'home' | 'clone' | 'agentHome' | 'backups'>;

export async function linkedAgent(place: Place): Promise<Linked> {
  const clock = new MovableClock();
  const hubClock = new MovableClock();
  const env = {
    HOME: place.home,
    PATH: '/nonexistent',
    MIGRATION_AGENT_HOME: place.agentHome,
    MIGRATION_BACKUP_DIR: place.backups,
  };
  const system = withOverrides(freshSystem(place), {
    env,
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
  });
  const settings = readSettings(system, {});
  const home = new ChannelHome(settings.home);
  const hub = await TestHub.start(join(place.root, 'bot'), hubClock);
  hub.agent = { id: AGENT_ID, jwk: A.publicJwk };
  const identity: Identity = {
    key: A,
    agentId: AGENT_ID,
    botId: BOT,
    bot: B.publicJwk,
    next: N.kid,
    app: APP,
    guild: GUILD,
    approvers: [OWNER.id],
    epoch: 1,
    hub: hub.address,
  };
  writeIdentity(system, home.identity, identity);
  addRoot(system, settings.home, place.clone);
  const lines: string[] = [];
  const started: { agent: ConnectedAgent; ended: Promise<unknown> }[] = [];
  const start = (timers: Timers = REAL_TIMERS) => {
    const agent = new ConnectedAgent({
      system,
      settings,
      identity,
      addresses: [parseAddress(hub.address)],
      notices: {
        notice: (line) => {
          lines.push(line);
          hub.look();
        },
      },
      timers,
      random: () => 0,
    });
    const ended = agent.run();
    started.push({ agent, ended });
    return { agent, ended };
  };
  return {
    hub,
    system,
    settings,
    home,
    clock,
    hubClock,
    lines,
    identity,
    start,
    connect: async () => {
      const connected = () => lines.filter((line) => line.startsWith('connected to')).length;
      const before = connected();
      const { agent } = start();
      await hub.until(() => connected() > before);
      return agent;
    },
    end: async () => {
      for (const { agent } of started) await agent.stop();
      await Promise.all(started.map(({ ended }) => ended));
      await hub.stop();
    },
  };
}

/** Somebody asks in Discord, now. Each call is another interaction. */
export function actorNow(clock: Clock, changes: Partial<Actor> = {}): Actor {
  const at = Math.floor(clock.now().getTime() / 1000);
  return { user: OWNER.id, guild: GUILD, interaction: freshSnowflake(clock), at, ...changes };
}

export function approvalNow(clock: Clock, plan: string, changes: Partial<Approval> = {}): Approval {
  return { ...actorNow(clock), message: freshSnowflake(clock), plan, ...changes };
}

let interactions = 0n;

function freshSnowflake(clock: Clock): string {
  return String(BigInt(snowflakeAt(clock.now().getTime())) + ++interactions);
}

/** A job with a new id. `more` are its params and, of a write, its approval. */
export function jobCommand(
  clock: Clock,
  type: JobType,
  params: object = {},
  more: { readonly actor?: Actor; readonly approval?: Approval; readonly job?: string } = {},
): { readonly job: string; readonly command: Command } {
  const job = more.job ?? newJobId(clock.now());
  const { actor = actorNow(clock), approval } = more;
  const body = { job, type, params, actor, ...(approval === undefined ? {} : { approval }) };
  return { job, command: { t: 'job.run', body } as Command };
}
