import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REAL_TIMERS, type Timers } from '../../../src/agent/channel/timers.ts';
import { listRuns } from '../../../src/agent/run/run-record.ts';
import { signCertificate } from '../../../src/protocol/certificates.ts';
import { CLOSE_CODES } from '../../../src/protocol/close-codes.ts';
import { botIdOf } from '../../../src/protocol/ids.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { describeHome } from '../../helpers/tiny-migration.ts';
import { B, BOT, H, keyOf, M } from '../../protocol/parties.ts';
import { actorNow, approvalNow, jobCommand, type Linked, linkedAgent } from './linked-agent.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;
let linked: Linked;

beforeEach(async () => {
  tiny = buildTinyInstallation(folder(), 'none');
  linked = await linkedAgent(tiny);
});
afterEach(() => linked.end());

/** Timers that note the long waits in place of waiting. */
function notingTimers(): { readonly timers: Timers; readonly hours: number[] } {
  const hours: number[] = [];
  const timers: Timers = {
    after(ms, run) {
      if (ms < CLOSE_WAIT) return REAL_TIMERS.after(ms, run);
      hours.push(ms);
      return () => {};
    },
  };
  return { timers, hours };
}
const CLOSE_WAIT = 3_600_000;

async function plan(): Promise<string> {
  const { job, command } = jobCommand(linked.hubClock, 'plan', { root: 'root-1' });
  linked.hub.command(command);
  return (await linked.hub.eventOf(job, 'plan.ready')).plan;
}

describe('the handshake', () => {
  it.each([
    ['a bot with another identity', { bot: M, hub: H, botId: botIdOf(M.publicJwk) }],
    ['another identity under the same name', { bot: M, hub: H, botId: BOT }],
  ])('tells nothing but its greeting to %s, and tries again in an hour', async (_name, identity) => {
    Object.assign(linked.hub.identity, identity);
    const { timers, hours } = notingTimers();
    linked.start(timers);
    await linked.hub.until(() => linked.hub.closes.length === 1);
    expect(linked.hub.frames).toHaveLength(1);
    expect(JSON.parse(linked.hub.frames[0] ?? '')).toMatchObject({ t: 'hello' });
    expect(linked.hub.closes).toEqual([CLOSE_CODES.AUTH_FAILED.code]);
    expect(hours).toEqual([3_600_000]);
    expect(linked.lines.join('\n')).toContain('could not prove to be the bot');
  });

  it('tells nothing to a hub whose certificate is of another key', async () => {
    const certificates = [signCertificate(keyOf(9).publicJwk, BOT, linked.hubClock.now(), B)];
    linked.hub.handshakeChanges = { certificates };
    linked.start(notingTimers().timers);
    await linked.hub.until(() => linked.hub.closes.length === 1);
    expect(linked.hub.frames).toHaveLength(1);
  });

  it('is never begun over a socket whose folder others may look into', async () => {
    chmodSync(dirname(linked.hub.socketPath), 0o755);
    const { promise, resolve } = Promise.withResolvers<void>();
    const { agent, ended } = linked.start({
      after: (_ms, run) => {
        resolve();
        return REAL_TIMERS.after(1, run);
      },
    });
    await promise;
    await agent.stop();
    expect(await ended).toBe('stopped');
    expect(linked.hub.connections).toBe(0);
    expect(linked.lines.join('\n')).toContain('others may look into its folder');
  });

  it('ends for good when another agent with this identity takes over', async () => {
    const { ended } = linked.start();
    await linked.hub.until(() => linked.hub.proven === 1);
    linked.hub.close('REPLACED');
    expect(await ended).toBe('stop');
  });
});

describe('a connection', () => {
  it('that broke is made again, and what was not acknowledged is sent once more in the same chain', async () => {
    linked.hub.acknowledges = false;
    await linked.connect();
    const { job, command } = jobCommand(linked.hubClock, 'status');
    linked.hub.command(command);
    await linked.hub.eventOf(job, 'job.done');
    linked.hub.welcomeChanges = { evtAck: 0 };
    linked.hub.acknowledges = true;
    linked.hub.drop();
    await linked.hub.until(() => linked.hub.repeated === 2);
    expect(linked.hub.refused).toEqual([]);
    expect(linked.hub.historyOf(job)).toEqual(['job.accepted', 'job.done']);
  });

  it('that the hub drains is made again, and a new certificate of the hub is taken on the way', async () => {
    await linked.connect();
    const next = keyOf(8);
    linked.hub.say({
      t: 'cert.update',
      body: { cert: signCertificate(next.publicJwk, BOT, linked.hubClock.now(), B) },
    });
    linked.hub.say({ t: 'drain', body: {} }, {}, next);
    await linked.hub.until(() => linked.hub.proven === 2);
    expect(linked.hub.closes).toEqual([CLOSE_CODES.DRAIN.code]);
  });

  it('drops the hub when it answers in binary frames', async () => {
    await linked.connect();
    linked.hub.sendBinary(Buffer.from('x'));
    await linked.hub.until(() => linked.hub.closes.includes(CLOSE_CODES.BAD_FRAME.code));
  });
});

describe('a command', () => {
  it('that comes again as it was runs once, and the newest event of its job is sent again', async () => {
    await linked.connect();
    const digest = await plan();
    const approval = approvalNow(linked.hubClock, digest);
    const { job, command } = jobCommand(linked.hubClock, 'apply', { plan: digest }, { approval });
    const raw = linked.hub.command(command);
    linked.hub.send(raw);
    await linked.hub.eventOf(job, 'job.done');
    const repeated = linked.hub.repeated;
    linked.hub.send(raw);
    await linked.hub.until(() => linked.hub.repeated > repeated);
    linked.hub.command(command);
    await linked.hub.until(() => linked.hub.repeated > repeated + 1);
    expect(linked.hub.historyOf(job)).toEqual(['job.accepted', 'job.done']);
    expect(listRuns(linked.system, linked.settings.home)).toHaveLength(1);
  });

  it('to cancel takes a migration back that has begun', async () => {
    await linked.connect();
    const digest = await plan();
    const before = describeHome(tiny);
    const approval = approvalNow(linked.hubClock, digest);
    const { job, command } = jobCommand(linked.hubClock, 'apply', { plan: digest }, { approval });
    linked.hub.command(command);
    linked.hub.command({ t: 'job.cancel', body: { job, actor: actorNow(linked.hubClock) } });
    expect(await linked.hub.eventOf(job, 'job.cancelled')).toEqual({ job, undone: true });
    expect(describeHome(tiny)).toEqual(before);
  });

  it('to go on with, or to take back, a run that was stopped at the terminal needs its own approval', async () => {
    const agent = await linked.connect();
    const digest = await plan();
    const before = describeHome(tiny);
    const approval = approvalNow(linked.hubClock, digest);
    const { job, command } = jobCommand(linked.hubClock, 'apply', { plan: digest }, { approval });
    linked.hub.command(command);
    await linked.hub.eventOf(job, 'job.accepted');
    await agent.stop();
    const { run = '' } = await linked.hub.eventOf(job, 'job.interrupted');
    await linked.connect();
    const again = jobCommand(linked.hubClock, 'resume', { run }, { approval });
    linked.hub.command(again.command);
    expect((await linked.hub.eventOf(again.job, 'job.rejected')).code).toBe('APPROVAL_REUSED');
    const undo = jobCommand(
      linked.hubClock,
      'undo',
      { run },
      { approval: approvalNow(linked.hubClock, digest) },
    );
    linked.hub.command(undo.command);
    expect((await linked.hub.eventOf(undo.job, 'job.done')).result).toMatchObject({ run, outcome: 'undone' });
    expect(describeHome(tiny)).toEqual(before);
  });

  it('to unpair removes key and pins, and leaves the audit log', async () => {
    await linked.connect();
    linked.hub.command({ t: 'agent.unpair', body: {} });
    await linked.hub.until(() => linked.hub.events.some(({ t }) => t === 'unpaired'));
    expect(existsSync(linked.home.identity)).toBe(false);
    expect(existsSync(linked.home.audit)).toBe(true);
  });
});
