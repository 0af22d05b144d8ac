import { appendFileSync, chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecords } from '../../../src/agent/channel/record-file.ts';
import { listRuns } from '../../../src/agent/run/run-record.ts';
import { toBase64url } from '../../../src/protocol/base64url.ts';
import { signDurable } from '../../../src/protocol/events.ts';
import { newCommandId, newJobId } from '../../../src/protocol/ids.ts';
import { sign } from '../../../src/protocol/jws.ts';
import type { Command } from '../../../src/protocol/messages.ts';
import { TYPES } from '../../../src/protocol/types.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { describeHome } from '../../helpers/tiny-migration.ts';
import { A, B, BOT, M, OWNER, snowflakeAt } from '../../protocol/parties.ts';
import { AGENT_ID, actorNow, approvalNow, jobCommand, type Linked, linkedAgent } from './linked-agent.ts';

const STRANGER = '999456789012345678';
const MINUTE = 60_000;

const folder = useTempFolder();
let tiny: TinyInstallation;
let linked: Linked;

beforeEach(async () => {
  tiny = buildTinyInstallation(folder(), 'none');
  linked = await linkedAgent(tiny);
});
afterEach(() => linked.end());

/** The code that a job is refused with, or how it ended. */
async function outcomeOf(job: string): Promise<string> {
  const ends = ['job.done', 'plan.ready', 'job.failed', 'job.cancelled', 'job.interrupted'];
  const find = () => linked.hub.historyOf(job).find((t) => t === 'job.rejected' || ends.includes(t));
  await linked.hub.until(() => find() !== undefined);
  return find() === 'job.rejected' ? (await linked.hub.eventOf(job, 'job.rejected')).code : (find() ?? '');
}

async function ask(...args: Parameters<typeof jobCommand>): Promise<string> {
  const { job, command } = jobCommand(...args);
  linked.hub.command(command);
  return outcomeOf(job);
}

async function makePlan(): Promise<string> {
  const { job, command } = jobCommand(linked.hubClock, 'plan', { root: 'root-1' });
  linked.hub.command(command);
  return (await linked.hub.eventOf(job, 'plan.ready')).plan;
}

const approve = (plan: string, changes: Parameters<typeof approvalNow>[2] = {}) =>
  approvalNow(linked.hubClock, plan, changes);
const apply = (plan: string, approval = approve(plan)) =>
  ask(linked.hubClock, 'apply', { plan }, { approval });

/** Nothing was run, and nothing in the person's home changed. */
function expectNothingDone(before: string[]): void {
  expect(listRuns(linked.system, linked.settings.home)).toEqual([]);
  expect(describeHome(tiny)).toEqual(before);
}

describe('what is not signed by the bot for this computer', () => {
  const forgeries: Record<string, (command: Command) => string> = {
    'a command signed by somebody else': (command) => linked.hub.sign(command, {}, M),
    'a command signed by this computer itself': (command) => linked.hub.sign(command, {}, A),
    'a command for another computer': (command) =>
      linked.hub.sign(command, { agentId: 'ag_019ab2c3-d4e5-7f60-8123-456789abcd00' }),
    'a command in which one claim was changed': (command) => {
      const [header, claims, signature] = linked.hub.sign(command).split('.') as [string, string, string];
      const changed = Buffer.from(claims, 'base64url').toString('utf8').replace('"assess"', '"status"');
      return [header, toBase64url(changed), signature].join('.');
    },
    'a command that was cut off': (command) => linked.hub.sign(command).slice(0, -2),
    'a command without algorithm': (command) => {
      const [, claims] = linked.hub.sign(command).split('.') as [string, string];
      return `${toBase64url(JSON.stringify({ alg: 'none', typ: 'awm-cmd+jwt', kid: B.kid }))}.${claims}.AA`;
    },
    'an event in place of a command': () =>
      signDurable(
        { t: 'unpaired', body: {} },
        { agentId: AGENT_ID, botId: BOT, epoch: 1, now: new Date(), seq: 9, prev: 'ab'.repeat(32) },
        B,
      ),
    'text that is no message at all': () => '{"t":"job.run"}',
  };

  it.each(Object.keys(forgeries))('is not answered, not remembered and not run: %s', async (name) => {
    await linked.connect();
    const { job, command } = jobCommand(linked.hubClock, 'assess', { root: 'root-1' });
    linked.hub.send(forgeries[name]?.(command) ?? '');
    expect(await ask(linked.hubClock, 'status')).toBe('job.done');
    expect(linked.hub.historyOf(job)).toEqual([]);
    const ledger = readRecords<{ job?: string }>(linked.system, linked.home.commands(AGENT_ID));
    expect(ledger).toHaveLength(1);
  });

  it('closes the connection when it does not end', async () => {
    await linked.connect();
    for (let n = 0; n < 20; n++) linked.hub.send('nonsense');
    await linked.hub.until(() => linked.hub.closes.includes(4400));
  });

  it('cannot acknowledge events', async () => {
    linked.hub.acknowledges = false;
    await linked.connect();
    expect(await ask(linked.hubClock, 'status')).toBe('job.done');
    linked.hub.say({ t: 'evt.ack', body: { seq: 2 } }, {}, M);
    linked.hub.say({ t: 'evt.ack', body: { seq: 2 } }, { conn: 'con_019ab2c3-d4e5-7f60-8123-456789abcde1' });
    linked.hub.welcomeChanges = { evtAck: 0 };
    linked.hub.drop();
    await linked.hub.until(() => linked.hub.repeated === 2);
  });
});

describe('what the bot signed', () => {
  it('is refused with a number that was passed already', async () => {
    await linked.connect();
    const early = linked.hub.sign(jobCommand(linked.hubClock, 'status').command);
    expect(await ask(linked.hubClock, 'status')).toBe('job.done');
    const { job, command } = jobCommand(linked.hubClock, 'status');
    linked.hub.send(early);
    linked.hub.command(command, { seq: 1 });
    expect(await outcomeOf(job)).toBe('REPLAY');
  });

  it('is refused from another epoch', async () => {
    await linked.connect();
    const { job, command } = jobCommand(linked.hubClock, 'status');
    linked.hub.command(command, { epoch: 2 });
    expect(await outcomeOf(job)).toBe('EPOCH');
  });

  it('is refused when it was withheld and comes too late', async () => {
    await linked.connect();
    const { job, command } = jobCommand(linked.hubClock, 'status');
    const raw = linked.hub.sign(command);
    linked.clock.pass(16 * MINUTE);
    linked.hubClock.pass(16 * MINUTE);
    linked.hub.send(raw);
    expect(await outcomeOf(job)).toBe('EXPIRED');
  });

  it.each([
    ['a type of job that is not in the list', { type: 'shell', params: { command: 'id' } }, 'UNKNOWN_TYPE'],
    ['a path in place of a folder id', { type: 'assess', params: { root: '../../etc' } }, 'BAD_PARAMS'],
    ['a member that nobody agreed on', { type: 'status', params: {}, env: { A: 'b' } }, 'BAD_PARAMS'],
    ['a write without approval', { type: 'apply', params: { plan: 'ab'.repeat(32) } }, 'BAD_PARAMS'],
  ])('is refused with %s', async (_name, body, code) => {
    await linked.connect();
    const now = linked.hubClock.now();
    const job = newJobId(now);
    const iat = Math.floor(now.getTime() / 1000);
    const claims = {
      iss: BOT,
      aud: AGENT_ID,
      jti: newCommandId(now),
      iat,
      exp: iat + 60,
      ep: 1,
      seq: ++linked.hub.seq,
      t: 'job.run',
      body: { job, actor: actorNow(linked.hubClock), ...body },
    };
    linked.hub.send(sign(TYPES.command, claims, B));
    expect(await outcomeOf(job)).toBe(code);
  });

  it.each([
    ['somebody who is not pinned', { user: STRANGER }],
    ['the owner in another server', { guild: STRANGER }],
  ])('is refused for %s, for reads too', async (_name, changes) => {
    await linked.connect();
    const actor = actorNow(linked.hubClock, changes);
    expect(await ask(linked.hubClock, 'status', {}, { actor })).toBe('NOT_APPROVER');
    const known = newJobId(linked.hubClock.now());
    linked.hub.command({ t: 'state.query', body: { job: known, actor } });
    expect(await outcomeOf(known)).toBe('NOT_APPROVER');
  });

  it('is refused for a folder that is not registered, is gone, or was replaced by a link', async () => {
    await linked.connect();
    expect(await ask(linked.hubClock, 'assess', { root: 'root-2' })).toBe('PATH_DENIED');
    renameSync(tiny.clone, `${tiny.clone}-2`);
    expect(await ask(linked.hubClock, 'assess', { root: 'root-1' })).toBe('PATH_DENIED');
    symlinkSync(`${tiny.clone}-2`, tiny.clone);
    expect(await ask(linked.hubClock, 'assess', { root: 'root-1' })).toBe('PATH_DENIED');
  });

  it('is refused when another request comes under the id of a job', async () => {
    await linked.connect();
    const { job, command } = jobCommand(linked.hubClock, 'status');
    linked.hub.command(command);
    expect(await outcomeOf(job)).toBe('job.done');
    linked.hub.command(jobCommand(linked.hubClock, 'backups', {}, { job }).command);
    expect((await linked.hub.eventOf(job, 'job.rejected')).code).toBe('JOB_CONFLICT');
  });

  it('is told as unknown when a job is asked about that never came', async () => {
    await linked.connect();
    const job = newJobId(linked.hubClock.now());
    linked.hub.command({ t: 'state.query', body: { job, actor: actorNow(linked.hubClock) } });
    expect(await outcomeOf(job)).toBe('UNKNOWN_JOB');
  });
});

describe('a write', () => {
  it('is refused for a press by somebody else than asks', async () => {
    await linked.connect();
    const before = describeHome(tiny);
    const plan = await makePlan();
    expect(await apply(plan, approve(plan, { user: STRANGER }))).toBe('NOT_APPROVER');
    expect(await apply(plan, approve(plan, { guild: STRANGER }))).toBe('NOT_APPROVER');
    expectNothingDone(before);
  });

  it('is refused with a press that is older than ten minutes, by its id or by its time', async () => {
    await linked.connect();
    const plan = await makePlan();
    const old = linked.hubClock.now().getTime() - 11 * MINUTE;
    expect(await apply(plan, approve(plan, { interaction: snowflakeAt(old) }))).toBe('EXPIRED');
    expect(await apply(plan, approve(plan, { at: Math.floor(old / 1000) }))).toBe('EXPIRED');
  });

  it('is refused for a plan that this computer never made, and with the approval of another plan', async () => {
    await linked.connect();
    const before = describeHome(tiny);
    const [one, other] = [await makePlan(), await makePlan()];
    expect(await apply('cd'.repeat(32))).toBe('PLAN_UNKNOWN');
    expect(await apply(one, approve(other))).toBe('APPROVAL_REUSED');
    const approval = approve(one);
    expect(await ask(linked.hubClock, 'rollback', { plan: one }, { approval })).toBe('APPROVAL_REUSED');
    expectNothingDone(before);
  });

  it('is refused with an interaction or a plan that was used before', async () => {
    await linked.connect();
    const [one, other] = [await makePlan(), await makePlan()];
    const approval = approve(one);
    expect(await apply(one, approval)).toBe('job.done');
    expect(await apply(one)).toBe('APPROVAL_REUSED');
    expect(await apply(other, { ...approve(other), interaction: approval.interaction })).toBe(
      'APPROVAL_REUSED',
    );
    expect(listRuns(linked.system, linked.settings.home)).toHaveLength(1);
  });

  it('is refused when the plan is older than an hour', async () => {
    await linked.connect();
    const plan = await makePlan();
    linked.clock.pass(61 * MINUTE);
    linked.hubClock.pass(61 * MINUTE);
    expect(await apply(plan)).toBe('PLAN_EXPIRED');
  });

  it.each([
    [
      'a file of the installation was edited',
      () => appendFileSync(join(tiny.clone, 'config.yml'), 'extra: 1\n'),
    ],
    ['a new home appeared', () => mkdirSync(tiny.target)],
  ])('is refused when %s after the plan was made', async (_name, change) => {
    await linked.connect();
    const plan = await makePlan();
    change();
    const before = describeHome(tiny);
    expect(await apply(plan)).toBe('PLAN_STALE');
    expectNothingDone(before);
  });

  it('fails, with nothing changed, when only looking at everything again shows that the plan is another one', async () => {
    await linked.connect();
    const plan = await makePlan();
    writeFileSync(join(tiny.clone, 'notes.md'), 'New since the plan.\n');
    const before = describeHome(tiny);
    const { job, command } = jobCommand(linked.hubClock, 'apply', { plan }, { approval: approve(plan) });
    linked.hub.command(command);
    const { failure } = await linked.hub.eventOf(job, 'job.failed');
    expect(failure).toEqual({ error: 'AWM-2015', left: 'unchanged' });
    expectNothingDone(before);
  });

  it('is refused where others may write beside the new home', async () => {
    await linked.connect();
    const plan = await makePlan();
    chmodSync(tiny.home, 0o777);
    expect(await apply(plan)).toBe('READ_ONLY');
    chmodSync(tiny.home, 0o755);
  });

  it('is refused while another one runs', async () => {
    await linked.connect();
    const [one, other] = [await makePlan(), await makePlan()];
    const first = jobCommand(linked.hubClock, 'apply', { plan: one }, { approval: approve(one) });
    const second = jobCommand(linked.hubClock, 'apply', { plan: other }, { approval: approve(other) });
    linked.hub.command(first.command);
    linked.hub.command(second.command);
    expect(await outcomeOf(second.job)).toBe('BUSY');
    expect(await outcomeOf(first.job)).toBe('job.done');
  });

  it.each([
    ['write: terminal\n', 'LOCAL_DENIED'],
    ['assess_only: true\n', 'LOCAL_DENIED'],
    ['roots: [root-7]\n', 'PATH_DENIED'],
  ])('is refused by the policy of the machine: %j', async (policy, code) => {
    writeFileSync(join(linked.settings.home.path, 'policy.yml'), policy);
    await linked.connect();
    const [type, params] =
      code === 'PATH_DENIED'
        ? (['plan', { root: 'root-1' }] as const)
        : (['apply', { plan: 'ab'.repeat(32) }] as const);
    const more = type === 'apply' ? { approval: approve('ab'.repeat(32)) } : {};
    expect(await ask(linked.hubClock, type, params, more)).toBe(code);
  });

  it('is refused while the clocks differ, and reading goes on', async () => {
    linked.hubClock.set(5 * MINUTE);
    await linked.connect();
    const plan = await makePlan();
    expect(await apply(plan)).toBe('CLOCK_SKEW');
    expect(await ask(linked.hubClock, 'status')).toBe('job.done');
  });

  it('that comes after the clock was set is looked at on a new connection, which measures again', async () => {
    await linked.connect();
    const plan = await makePlan();
    linked.clock.set(5 * MINUTE);
    const { job, command } = jobCommand(linked.hubClock, 'apply', { plan }, { approval: approve(plan) });
    const raw = linked.hub.command(command);
    await linked.hub.until(() => linked.hub.proven === 2);
    linked.hub.send(raw);
    expect(await outcomeOf(job)).toBe('CLOCK_SKEW');
  });

  it('is refused after the memory of this computer went back in time', async () => {
    linked.hub.welcomeChanges = { cmdAfter: 50 };
    await linked.connect();
    const plan = await makePlan();
    expect(await apply(plan)).toBe('STATE_REGRESSED');
    expect(linked.lines.join('\n')).toContain('only looking, no changing');
  });

  it('is announced at the terminal, refused or not, in our own words', async () => {
    await linked.connect();
    expect(await apply('cd'.repeat(32))).toBe('PLAN_UNKNOWN');
    expect(linked.lines).toContain(
      `Discord account ${OWNER.id} asks to CARRY OUT the migration: refused, PLAN_UNKNOWN`,
    );
  });
});
