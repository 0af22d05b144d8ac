import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import {
  createServices,
  type Notice,
  type Services,
  type ServicesConfig,
} from '../../services/create-services.ts';
import type { Actor, Job, JobState } from '../../services/services.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { APP, GUILD, OWNER, snowflakeAt, TestClock } from '../protocol/parties.ts';
import { TestAgent } from './test-agent.ts';

/** A running bot without Discord, in a temporary folder, with a clock and a ticker moved by hand. */
export class HubWorld {
  readonly folder: string;
  readonly clock = new TestClock();
  readonly notices: Notice[] = [];
  readonly #agents: TestAgent[] = [];
  #services: (Services & { close(): Promise<void> }) | undefined;
  #work: () => Promise<void> = async () => {};

  constructor(folder: string) {
    this.folder = folder;
  }

  get services(): Services {
    if (this.#services === undefined) throw new Error('the services are not running');
    return this.#services;
  }

  get address(): string {
    return this.services.machines.addresses[0] ?? '';
  }

  get socketPath(): string {
    return join(this.folder, 'run', 'hub.sock');
  }

  get alarms(): string[] {
    return this.notices.flatMap((notice) => (notice.kind === 'alarm' ? [notice.alarm.name] : []));
  }

  get faults(): unknown[] {
    return this.notices.flatMap((notice) => (notice.kind === 'fault' ? [notice.error] : []));
  }

  async start(changes: Partial<ServicesConfig> = {}): Promise<void> {
    this.#services = await createServices({
      dataDir: join(this.folder, 'data'),
      listen: `unix:${this.socketPath}`,
      owner: OWNER.id,
      app: APP,
      guild: GUILD,
      usernameOf: async (user) => (user === OWNER.id ? OWNER.username : undefined),
      onNotice: (notice) => this.notices.push(notice),
      clock: this.clock,
      ticker: (work) => {
        this.#work = work;
        return async () => {};
      },
      ...changes,
    });
  }

  async stop(): Promise<void> {
    await this.#services?.close();
    this.#services = undefined;
  }

  /** Lets time pass and does what is due every second. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.pass(milliseconds);
    await this.#work();
  }

  /** What is looked at every five seconds, without a bell. */
  async sweep(): Promise<void> {
    for (let second = 0; second < 5; second++) await this.#work();
  }

  /** A press by the owner, just now. */
  actor(changes: Partial<Actor> = {}): Actor {
    const at = this.clock.now().getTime();
    pressed++;
    const interaction = String(BigInt(snowflakeAt(at)) + BigInt(pressed));
    return { guild: GUILD, user: OWNER.id, interaction, at, ...changes };
  }

  newAgent(): TestAgent {
    const agent = new TestAgent(this.address, this.clock);
    this.#agents.push(agent);
    return agent;
  }

  /** An agent that the owner has paired; not connected. */
  async pairedAgent(): Promise<TestAgent> {
    const agent = this.newAgent();
    const { promise, resolve } = Promise.withResolvers<string>();
    const stop = this.services.pairings.onChange((request, state) => {
      if (state === 'open') resolve(request.id);
    });
    const paired = agent.pair();
    await Promise.race([paired, promise]);
    stop();
    const outcome = await this.services.pairings.answer(this.actor(), await promise, true);
    if (outcome !== 'paired') throw new Error(`the pairing ended as ${outcome}`);
    await paired;
    return agent;
  }

  async connectedAgent(): Promise<TestAgent> {
    const agent = await this.pairedAgent();
    await agent.connect();
    return agent;
  }

  /** The job once it is in this state. */
  async until(id: string, state: JobState): Promise<Job> {
    const { promise, resolve } = Promise.withResolvers<Job>();
    const stop = this.services.jobs.onChange((job) => {
      if (job.id === id && job.state === state) resolve(job);
    });
    const now = await this.services.jobs.find(this.actor(), id);
    if (now?.state === state) resolve(now);
    const job = await promise;
    stop();
    return job;
  }

  async close(): Promise<void> {
    for (const agent of this.#agents) agent.drop();
    await this.stop();
    rmSync(join(this.folder, 'run'), { recursive: true, force: true });
  }
}

let pressed = 0;

/** A fresh world for each test, taken down afterwards. */
export function useHubWorld(changes: Partial<ServicesConfig> = {}): () => HubWorld {
  const folder = useTempFolder();
  let world: HubWorld | undefined;
  beforeEach(async () => {
    world = new HubWorld(folder());
    await world.start(changes);
  });
  afterEach(async () => {
    await world?.close();
    expect(world?.faults ?? []).toEqual([]);
    world = undefined;
  });
  return () => {
    if (world === undefined) throw new Error('the world is there only while a test runs');
    return world;
  };
}
