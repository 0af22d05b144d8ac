import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServices, type Notice, type Services } from '../../services/create-services.ts';
import { factsOf } from '../../services/job-facts.ts';
import type { Actor, Job, JobType } from '../../services/services.ts';
import { parseAddress } from '../../src/agent/channel/address.ts';
import { ChannelHome } from '../../src/agent/channel/channel-home.ts';
import { ConnectedAgent } from '../../src/agent/channel/connected-agent.ts';
import { Connection } from '../../src/agent/channel/connection.ts';
import { pairOver } from '../../src/agent/channel/pairing.ts';
import { REAL_TIMERS } from '../../src/agent/channel/timers.ts';
import { addRoot } from '../../src/agent/roots.ts';
import { readSettings } from '../../src/agent/settings.ts';
import type { PausePhase } from '../../src/protocol/facts.ts';
import { buildMixedInstallation, type MixedInstallation } from '../fixtures/mixed-installation.ts';
import { canariesIn, findCanaries } from '../helpers/canaries.ts';
import { decodedTokens } from '../helpers/decoded-tokens.ts';
import { describeTree, treeDigest } from '../helpers/digest.ts';
import { withOverrides } from '../helpers/faulty-system.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { freshSystem } from '../helpers/tiny-migration.ts';
import { APP, GUILD, OWNER, snowflakeAt } from '../protocol/parties.ts';
import { MESSAGE } from './job-bodies.ts';

const ENDS = ['done', 'failed', 'rejected', 'cancelled', 'interrupted', 'expired'];

describe('the services and the real agent', () => {
  const folder = useTempFolder('file');
  const notices: Notice[] = [];
  const shown: (readonly string[])[] = [];
  let mixed: MixedInstallation;
  let before: { readonly clone: string; readonly home: string[] };
  let services: Services & { close(): Promise<void> };
  let agent: ConnectedAgent;
  let ended: Promise<unknown>;
  let start: () => Promise<void>;
  let machine: string;

  beforeAll(async () => {
    mixed = buildMixedInstallation(join(folder(), 'mixed'), { target: 'existing' });
    before = { clone: treeDigest(mixed.clone), home: describeTree(mixed.target) };
    services = await createServices({
      dataDir: join(folder(), 'data'),
      listen: `unix:${join(folder(), 'run', 'hub.sock')}`,
      owner: OWNER.id,
      app: APP,
      guild: GUILD,
      usernameOf: async () => OWNER.username,
      onNotice: (notice) => notices.push(notice),
    });
    services.pairings.onChange((request, state) => {
      if (state !== 'open') return;
      shown.push(request.words);
      void services.pairings.answer(actor(), request.id, true);
    });
    await link();
  });
  afterAll(async () => {
    await agent.stop();
    await ended;
    await services.close();
  });

  async function link(): Promise<void> {
    const { root, home, clone } = mixed;
    const agentHome = join(root, 'agent');
    const backups = join(root, 'backups');
    const env = {
      HOME: home,
      PATH: '/nonexistent',
      MIGRATION_AGENT_HOME: agentHome,
      MIGRATION_BACKUP_DIR: backups,
    };
    const system = withOverrides(freshSystem({ home }), { env });
    const settings = readSettings(system, {});
    const address = parseAddress(services.machines.addresses[0] ?? '');
    const identity = await pairOver(
      await Connection.open(system, address),
      system,
      new ChannelHome(settings.home).identity,
      {
        account: OWNER.username,
        label: 'ada-laptop',
        os: 'Debian GNU/Linux 13',
        user: 'ada',
        timers: REAL_TIMERS,
        show: ({ words }) => shown.push(words),
        claimed: () => {},
        digits: async () => '',
        stopAsked: () => false,
      },
    );
    machine = identity.agentId;
    addRoot(system, settings.home, clone);
    start = async () => {
      const { promise: connected, resolve } = Promise.withResolvers<void>();
      agent = new ConnectedAgent({
        system: withOverrides(freshSystem({ home }), { env }),
        settings,
        identity,
        addresses: [address],
        notices: { notice: (line) => line.startsWith('connected to') && resolve() },
        timers: REAL_TIMERS,
        random: () => 0,
      });
      ended = agent.run();
      await connected;
    };
    await start();
  }

  async function restartAgent(): Promise<void> {
    await agent.stop();
    await ended;
    await start();
  }

  function actor(): Actor {
    const at = Date.now();
    pressed++;
    return {
      guild: GUILD,
      user: OWNER.id,
      interaction: String(BigInt(snowflakeAt(at)) + BigInt(pressed)),
      at,
    };
  }
  let pressed = 0;

  async function end({ id }: Job): Promise<Job> {
    const { promise, resolve } = Promise.withResolvers<Job>();
    const stop = services.jobs.onChange((job) => {
      if (job.id === id && ENDS.includes(job.state)) resolve(job);
    });
    const now = await services.jobs.find(actor(), id);
    if (now !== undefined && ENDS.includes(now.state)) resolve(now);
    const job = await promise;
    stop();
    return job;
  }

  async function look(type: JobType, params: Record<string, unknown> = {}): Promise<Job> {
    return await end(await services.jobs.start(actor(), machine, type, params));
  }

  async function carryOut(type: JobType, plan: string, pauseAfter?: PausePhase): Promise<Job> {
    const slot = await services.jobs.offerApproval(actor(), machine, type, plan, MESSAGE, pauseAfter);
    const job = await services.jobs.approve(actor(), slot.id, MESSAGE);
    if (typeof job === 'string') throw new Error(job);
    return await end(job);
  }

  it('pair over the socket, with the same words on both sides', async () => {
    expect(shown).toHaveLength(2);
    expect(shown[0]).toEqual(shown[1]);
    expect(await services.machines.find(actor(), machine)).toMatchObject({
      connected: true,
      label: 'ada-laptop',
    });
  });

  it('assess, plan, migrate and roll back, and the home is what it was, byte for byte', async () => {
    expect(await look('assess', { root: 'root-1' })).toMatchObject({ state: 'done' });
    const plan = await look('plan', { root: 'root-1' });
    expect(plan).toMatchObject({ state: 'done', error: undefined });
    expect(await services.jobs.planText(actor(), plan.plan as string)).toContain('awm/channel-plan/1');

    const applied = await carryOut('apply', plan.plan as string);
    expect(applied).toMatchObject({ state: 'done', plan: plan.plan });
    expect(describeTree(mixed.target)).not.toEqual(before.home);

    const preview = await look('rollback-preview');
    const back = await carryOut('rollback', preview.plan as string);
    expect(back).toMatchObject({ state: 'done' });
    expect(describeTree(mixed.target)).toEqual(before.home);
    expect(treeDigest(mixed.clone)).toBe(before.clone);
  });

  it('count it as one attempt that was taken back', async () => {
    const figures = await services.metrics.summary(GUILD, 0, Date.now() + 60_000);

    expect(figures).toMatchObject({
      attempts: 1,
      successes: 0,
      rolledBack: 1,
      failed: 0,
      methods: { automated: 1 },
    });
    expect(figures.medianMs).toBeGreaterThan(0);
    expect(Object.keys(figures.segments)).not.toEqual(['unknown']);
  });

  it('migrate phase by phase, the agent started anew in between, as one attempt', async () => {
    const { plan = '' } = await look('plan', { root: 'root-1' });
    const steps = [
      ['apply', 'analyze'],
      ['resume', 'backup'],
      ['resume', 'register'],
      ['resume', 'validate'],
    ] as const;
    for (const [type, until] of steps) {
      const job = await carryOut(type, plan, until);
      expect(factsOf(job)).toMatchObject({ type, facts: { outcome: 'paused', after: until } });
      expect(describeTree(mixed.target)).toEqual(before.home);
      await restartAgent();
    }
    const done = factsOf(await carryOut('resume', plan));
    expect(done).toMatchObject({ facts: { outcome: 'not-yet-usable', ledger: { project: { total: 5 } } } });

    expect(describeTree(mixed.target)).not.toEqual(before.home);
    expect(treeDigest(mixed.clone)).toBe(before.clone);
    const figures = await services.metrics.summary(GUILD, 0, Date.now() + 60_000);
    expect(figures).toMatchObject({ attempts: 2, successes: 1, methods: { automated: 1, guided: 1 } });
  });

  it('raise no alarm, and keep no secret of the installation in any record', () => {
    expect(notices.filter(({ kind }) => kind !== 'first-start')).toEqual([]);
    const data = join(folder(), 'data');
    expect(findCanaries(data, mixed.canaries)).toEqual([]);
    const records = readdirSync(data).filter((name) => statSync(join(data, name)).isFile());
    const text = records.map((name) => decodedTokens(readFileSync(join(data, name), 'latin1'))).join('\n');
    expect(canariesIn(text, mixed.canaries)).toEqual([]);
    expect(text).not.toContain('PRIVATE KEY');
  });
});
