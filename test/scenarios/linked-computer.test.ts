import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalNow, jobCommand, MovableClock } from '../agent/channel/linked-agent.ts';
import { TestHub } from '../agent/channel/test-hub.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { Program } from '../helpers/program.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { GUILD, OWNER } from '../protocol/parties.ts';

describe('a computer that is linked with a bot which runs as the same user', () => {
  const folder = useTempFolder('file');
  const clock = new MovableClock();
  let tiny: TinyInstallation;
  let hub: TestHub;
  let agent: Program;

  const onTerminal = (...args: string[]) => Program.onTerminal(tiny.home, args);
  const connect = async () => {
    agent = Program.start(tiny.home, ['connect', '--allow-root']);
    await agent.says('connected to the bot');
  };

  const runs = () => {
    const folder = join(tiny.home, '.local/state/migration-agent/runs');
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };

  beforeAll(async () => {
    tiny = buildTinyInstallation(folder(), 'none');
    hub = await TestHub.start(join(tiny.home, '.local/state/migration-bot'), clock);
  });
  afterAll(async () => {
    agent?.child.kill('SIGKILL');
    runAgent(tiny.home, ['disconnect']);
    await hub.stop();
  });

  it('is linked only by a person at its terminal', () => {
    expect(askAgent(tiny.home, ['pair', '--account', 'ada.l'])).toMatchObject({
      exit: 2,
      error: { name: 'TERMINAL_NEEDED' },
    });
    expect(askAgent(tiny.home, ['connect'])).toMatchObject({ exit: 1, error: { name: 'NOT_PAIRED' } });
    expect(askAgent(tiny.home, ['unpair'])).toMatchObject({ exit: 0, result: { unpaired: false } });
  });

  it('keeps nothing when another account answers in Discord than was typed', async () => {
    hub.answer = () => ({ id: '999456789012345678', username: 'mallory' });
    const pairing = onTerminal('pair', '--account', OWNER.username, '--root', tiny.clone);
    expect(await pairing.ended).toBe(1);
    expect(pairing.output).toContain('AWM-2406');
    expect(existsSync(join(tiny.home, '.local/state/migration-agent/channel/identity.json'))).toBe(false);
  });

  it('shows the same three words as Discord, and registers only the folder that the person picks', async () => {
    let words = '';
    hub.answer = (question) => {
      words = question.words.join(' ');
      expect(question).toMatchObject({ user: 'ada' });
      return OWNER;
    };
    const pairing = onTerminal('pair');
    await pairing.says('Your Discord username');
    pairing.type(`@${OWNER.username}`);
    await pairing.says('Which may the bot look at?');
    pairing.type('1');
    expect(await pairing.ended).toBe(0);
    expect(pairing.output).toMatch(new RegExp(`The words: +${words}`));
    expect(pairing.output).toContain(GUILD);
    const roots = askAgent(tiny.home, ['roots', 'list']);
    expect(roots.result).toMatchObject({ roots: [{ root: 'root-1', path: tiny.clone, present: true }] });
  });

  it('refuses to be linked twice, and says what is registered and what is not', async () => {
    const again = onTerminal('pair', '--account', OWNER.username);
    expect(await again.ended).toBe(1);
    expect(again.output).toContain('AWM-2405');
    expect(askAgent(tiny.home, ['roots', 'remove', 'root-9'])).toMatchObject({ exit: 2 });
    expect(askAgent(tiny.home, ['roots', 'add', 'nowhere'])).toMatchObject({ exit: 2 });
  });

  it('connects, and is the only one that does', async () => {
    await connect();
    const second = askAgent(tiny.home, ['connect', '--allow-root']);
    expect(second).toMatchObject({ exit: 1, error: { name: 'AGENT_CONNECTED' } });
  });

  it('refuses everything while a person here has paused it, and says so; then takes it up again', async () => {
    expect(askAgent(tiny.home, ['pause'])).toMatchObject({ exit: 0, result: { paused: true } });
    const refused = jobCommand(clock, 'assess', { root: 'root-1' });
    hub.command(refused.command);
    expect(await hub.eventOf(refused.job, 'job.rejected')).toMatchObject({ code: 'LOCAL_DENIED' });
    expect(agent.output).toContain('asks to assess an installation: refused, LOCAL_DENIED');

    expect(runAgent(tiny.home, ['resume']).stdout).toContain('may ask again');
    const taken = jobCommand(clock, 'assess', { root: 'root-1' });
    hub.command(taken.command);
    await hub.eventOf(taken.job, 'job.done');
    expect(runAgent(tiny.home, ['resume']).stdout).toContain('Nothing was paused');
  });

  it('shows its policy and proves its log; an edited record is found', async () => {
    const policyFile = join(tiny.home, '.local/state/migration-agent/policy.yml');
    expect(askAgent(tiny.home, ['policy'])).toMatchObject({
      exit: 0,
      result: { present: false, read: 'auto', write: 'discord', destroy: 'terminal', quiet_hours: null },
    });
    writeFileSync(policyFile, 'write: terminal\nquiet_hours: "22:00-07:05"\n', { mode: 0o600 });
    expect(runAgent(tiny.home, ['policy']).stdout).toContain('22:00-07:05: nothing is written');
    writeFileSync(policyFile, 'roots: []\n', { mode: 0o600 });
    const denied = jobCommand(clock, 'assess', { root: 'root-1' });
    hub.command(denied.command);
    expect(await hub.eventOf(denied.job, 'job.rejected')).toMatchObject({ code: 'PATH_DENIED' });
    writeFileSync(policyFile, 'write: auto\n', { mode: 0o600 });
    expect(askAgent(tiny.home, ['policy'])).toMatchObject({ error: { name: 'CONFIG_INVALID' } });
    rmSync(policyFile);

    const log = join(tiny.home, '.local/state/migration-agent/channel/audit.ndjson');
    expect(askAgent(tiny.home, ['audit', 'verify'])).toMatchObject({ exit: 0, result: { ok: true } });
    const whole = readFileSync(log);
    const lines = whole.toString().split('\n');
    writeFileSync(log, [...lines.slice(0, 1), ...lines.slice(2)].join('\n'));
    expect(askAgent(tiny.home, ['audit', 'verify'])).toMatchObject({
      exit: 1,
      result: { ok: false, broken_at: 3 },
    });
    writeFileSync(log, whole);
    expect(askAgent(tiny.home, ['audit', 'look'])).toMatchObject({ exit: 2, error: { name: 'USAGE' } });
  });

  it('pauses a guided migration where it was told to, says so at its terminal, and takes it back from there', async () => {
    const planning = jobCommand(clock, 'plan', { root: 'root-1' });
    hub.command(planning.command);
    const { plan } = await hub.eventOf(planning.job, 'plan.ready');
    const press = (type: 'apply' | 'undo', params: object) => {
      const { job, command } = jobCommand(clock, type, params, { approval: approvalNow(clock, plan) });
      hub.command(command);
      return hub.eventOf(job, 'job.done');
    };
    const { result } = await press('apply', { plan, pause_after: 'backup' });
    expect(result).toMatchObject({ outcome: 'paused', after: 'backup' });
    agent.child.kill('SIGKILL');
    await agent.ended;

    expect(askAgent(tiny.home, ['migrate-status'])).toMatchObject({ exit: 0, result: { outcome: 'paused' } });
    expect(runAgent(tiny.home, ['migrate-status']).stdout).toContain('paused after "Creating backup"');
    expect(runAgent(tiny.home, ['recover']).stdout).toContain('paused after "Creating backup"');
    expect(existsSync(tiny.target)).toBe(false);
    await connect();
    const { run } = result as { readonly run: string };
    expect(await press('undo', { run })).toMatchObject({ result: { outcome: 'undone' } });
  });

  it('runs an approved migration at most once, whatever moment it is killed at', async () => {
    const before = runs();
    const planning = jobCommand(clock, 'plan', { root: 'root-1' });
    hub.command(planning.command);
    const { plan } = await hub.eventOf(planning.job, 'plan.ready');
    const { job, command } = jobCommand(clock, 'apply', { plan }, { approval: approvalNow(clock, plan) });
    const raw = hub.command(command);
    await hub.eventOf(job, 'job.accepted');
    agent.child.kill('SIGKILL');
    await agent.ended;
    await connect();
    await hub.until(() => hub.historyOf(job).length === 2);
    const repeated = hub.repeated;
    hub.send(raw);
    await hub.until(() => hub.repeated > repeated);
    // On a slow machine the news of its acceptance may come here after its end.
    expect(hub.historyOf(job).join()).toMatch(/^job\.accepted,job\.(interrupted|done)$/);
    expect(runs() - before).toBeLessThanOrEqual(1);
  });

  it('connects in the background, where it outlives its terminal, and is ended by a command', async () => {
    agent.child.kill('SIGINT');
    await agent.ended;
    const proven = hub.proven;
    const starting = onTerminal('connect', '--detach', '--allow-root');
    expect(await starting.ended).toBe(0);
    expect(starting.output).toContain('Connected in the background');
    expect(hub.proven).toBe(proven + 1);
    expect(askAgent(tiny.home, ['connect', '--detach', '--allow-root'])).toMatchObject({
      error: { name: 'AGENT_CONNECTED' },
    });

    expect(askAgent(tiny.home, ['disconnect'])).toMatchObject({ exit: 0, result: { disconnected: true } });
    expect(askAgent(tiny.home, ['disconnect'])).toMatchObject({ exit: 0, result: { disconnected: false } });
    await connect();
  });

  it('ends its connection when it is asked to, and its link without the bot', async () => {
    agent.child.kill('SIGINT');
    expect(await agent.ended).toBe(0);
    expect(agent.output).toContain('Not connected any more.');
    expect(runAgent(tiny.home, ['unpair', '--yes']).exit).toBe(0);
    expect(askAgent(tiny.home, ['connect']).error?.name).toBe('NOT_PAIRED');
  });
});
