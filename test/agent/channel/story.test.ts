import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/agent/channel/audit.ts';
import { planDigest } from '../../../src/protocol/digest.ts';
import { buildMixedInstallation, type MixedInstallation } from '../../fixtures/mixed-installation.ts';
import { canariesIn, findCanaries } from '../../helpers/canaries.ts';
import { describeTree, treeDigest } from '../../helpers/digest.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { approvalNow, jobCommand, type Linked, linkedAgent } from './linked-agent.ts';

describe('the whole story over a Unix socket, with an installation in which all layouts are mixed', () => {
  const folder = useTempFolder('file');
  let mixed: MixedInstallation;
  let linked: Linked;
  let before: { readonly clone: string; readonly home: string[] };
  let planned: string;

  const ask = async (
    ...job: Parameters<typeof jobCommand> extends [unknown, ...infer Rest] ? Rest : never
  ) => {
    const { job: id, command } = jobCommand(linked.hubClock, ...job);
    linked.hub.command(command);
    await linked.hub.until(
      () => linked.hub.historyOf(id).length >= 2 || linked.hub.historyOf(id)[0] === 'job.rejected',
    );
    return id;
  };

  beforeAll(async () => {
    mixed = buildMixedInstallation(join(folder(), 'mixed'), { target: 'existing' });
    const { root, home, clone } = mixed;
    before = { clone: treeDigest(clone), home: describeTree(mixed.target) };
    linked = await linkedAgent({
      root,
      home,
      clone,
      agentHome: join(root, 'agent'),
      backups: join(root, 'backups'),
    });
    await linked.connect();
  });
  afterAll(() => linked.end());

  it('assesses, and tells nothing but the facts that may leave the machine', async () => {
    const job = await ask('assess', { root: 'root-1' });
    const { result } = await linked.hub.eventOf(job, 'job.done');
    expect(result).toMatchObject({ projects: { total: 5 }, recommended: expect.any(String) });
    expect(JSON.stringify(result)).not.toMatch(/webshop|Übersicht|\/home\//);
  });

  it('tells which folders can be named', async () => {
    const job = await ask('status');
    const { result } = await linked.hub.eventOf(job, 'job.done');
    expect(result).toMatchObject({ roots: [{ root: 'root-1', present: true }], target: 'present', runs: [] });
  });

  it('plans, and gives the bytes of the plan in parts that hash to its name and name nothing of the person', async () => {
    const job = await ask('plan', { root: 'root-1' });
    const ready = await linked.hub.eventOf(job, 'plan.ready');
    for (let index = 0; index < ready.parts; index++)
      linked.hub.command({ t: 'part.get', body: { job, index } });
    await linked.hub.until(
      () => linked.hub.passing.filter(({ t }) => t === 'job.part').length === ready.parts,
    );
    const bytes = Buffer.concat(
      linked.hub.passing.flatMap(({ t, body }) =>
        t === 'job.part' ? [Buffer.from(body.data, 'base64url')] : [],
      ),
    );
    expect(planDigest(bytes)).toBe(ready.plan);
    expect(ready).toMatchObject({ bytes: bytes.length, summary: { open_decisions: 0 } });
    expect(bytes.toString('utf8')).not.toMatch(/webshop|Übersicht|orchestrator\.yaml|\/home\//);
    planned = ready.plan;
  });

  it('carries the approved plan out, with progress, and ends with counts and every check', async () => {
    const approval = approvalNow(linked.hubClock, planned);
    const job = await ask('apply', { plan: planned }, { approval });
    const { result } = await linked.hub.eventOf(job, 'job.done');
    expect(result).toMatchObject({ outcome: 'not-yet-usable', backup: 1, ledger: { project: { total: 5 } } });
    expect('checks' in result && result.checks.map(({ name }) => name)).toContain('backup_integrity');
    expect(linked.hub.passing.some(({ t }) => t === 'job.progress')).toBe(true);
    expect(linked.lines.join('\n')).toMatch(
      /asks to CARRY OUT the migration \(plan: \w+ \w+ \w+\): accepted/,
    );
    expect(treeDigest(mixed.clone)).toBe(before.clone);
  });

  it('lists and verifies the backup by its number', async () => {
    const listed = await linked.hub.eventOf(await ask('backups'), 'job.done');
    expect(listed.result).toMatchObject({
      total: 1,
      shown: [{ backup: 1, complete: true, kind: 'before-migration' }],
    });
    const verified = await linked.hub.eventOf(await ask('verify', { backup: 1 }), 'job.done');
    expect(verified.result).toMatchObject({ backup: 1, ok: true });
  });

  it('rolls back as it was shown, and the home is what it was, byte for byte', async () => {
    const preview = await linked.hub.eventOf(await ask('rollback-preview'), 'plan.ready');
    expect(preview.summary).toMatchObject({ backup: 1 });
    const approval = approvalNow(linked.hubClock, preview.plan);
    const job = await ask('rollback', { plan: preview.plan }, { approval });
    expect((await linked.hub.eventOf(job, 'job.done')).result).toMatchObject({ outcome: 'rolled-back' });
    expect(describeTree(mixed.target)).toEqual(before.home);
  });

  it('kept an audit log in which each record follows from the one before', () => {
    expect(verifyAudit(linked.system, linked.home.audit)).toMatchObject({ ok: true });
  });

  it('let no secret into any frame, spool, ledger, plan, audit log or line of the terminal', () => {
    const { hub, lines } = linked;
    expect(hub.frames.length).toBeGreaterThan(20);
    const decoded = hub.frames.map((frame) => `${frame}\n${claimsOf(frame)}`).join('\n');
    expect(canariesIn(`${decoded}\n${lines.join('\n')}`, mixed.canaries)).toEqual([]);
    for (const kept of [linked.home.path, join(linked.settings.home.path, 'plans')])
      expect(findCanaries(kept, mixed.canaries)).toEqual([]);
  });
});

/** What a frame says, with the data of a plan's piece as text. */
function claimsOf(frame: string): string {
  const claims = Buffer.from(frame.split('.')[1] ?? '', 'base64url').toString('utf8');
  const data = /"data":"([^"]+)"/.exec(claims)?.[1];
  return data === undefined ? claims : `${claims}\n${Buffer.from(data, 'base64url').toString('utf8')}`;
}
