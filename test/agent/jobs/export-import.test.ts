import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANIFEST, manifestBytes, readManifest } from '../../../src/agent/export/manifest.ts';
import { errorLabel } from '../../../src/shared/errors.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { findCanaries } from '../../helpers/canaries.ts';
import { treeDigest } from '../../helpers/digest.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { describeHome } from '../../helpers/tiny-migration.ts';
import { approvalNow, jobCommand, type Linked, linkedAgent } from '../channel/linked-agent.ts';

const folder = useTempFolder();
let tiny: TinyInstallation;
let linked: Linked;

beforeEach(async () => {
  tiny = buildTinyInstallation(folder(), 'none');
  linked = await linkedAgent(tiny);
  await linked.connect();
});
afterEach(() => linked.end());

const exportsFolder = () => join(tiny.agentHome, 'exports');
const out = (number: number) => join(exportsFolder(), `export-${number}`);

async function exported() {
  const { job, command } = jobCommand(linked.hubClock, 'export', { root: 'root-1' });
  linked.hub.command(command);
  const { result } = await linked.hub.eventOf(job, 'job.done');
  if (!('editable' in result)) throw new Error('no export');
  return result;
}

function askImport(params: object): string {
  const { job, command } = jobCommand(linked.hubClock, 'import-plan', { root: 'root-1', ...params });
  linked.hub.command(command);
  return job;
}

function press(plan: string): string {
  const approval = approvalNow(linked.hubClock, plan);
  const { job, command } = jobCommand(linked.hubClock, 'apply', { plan }, { approval });
  linked.hub.command(command);
  return job;
}

function edit(number: number, place: string, change: (text: string) => string): void {
  const path = join(out(number), place);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, change(text));
  expect(readFileSync(path, 'utf8')).not.toBe(text);
}

describe('an export and its import over the channel', () => {
  it('go from the machine’s own folder, with the edits made there, through one approval to the new home', async () => {
    const source = treeDigest(tiny.clone);
    const result = await exported();
    expect(result).toMatchObject({ export: 1, secrets: 2 });
    expect(result.editable).toBeGreaterThan(0);
    expect(findCanaries(exportsFolder(), tiny.canaries)).toEqual([]);
    expect(linked.lines.join('\n')).toMatch(/export 1 is in .*exports\/export-1/);
    put(out(1), 'projects/added.yaml', `name: added\npath: ${join(tiny.home, 'added')}\n`);
    mkdirSync(join(tiny.home, 'added'));

    const { plan, summary } = await linked.hub.eventOf(askImport({ export: 1 }), 'plan.ready');
    expect(summary).toMatchObject({
      export: 1,
      edited: 0,
      added: 1,
      deleted: 0,
      ledger: { project: { total: 2 } },
    });
    const { result: end } = await linked.hub.eventOf(press(plan), 'job.done');

    expect(end).toMatchObject({ outcome: 'not-yet-usable', ledger: { secret: { in_effect: 2 } } });
    expect(readFileSync(join(tiny.target, 'projects/registry.yaml'), 'utf8')).toContain('added');
    expect(treeDigest(tiny.clone)).toBe(source);
    const said = linked.hub.frames.join('\n') + JSON.stringify(linked.hub.events);
    for (const word of [tiny.home, 'added.yaml', 'export-1']) expect(said).not.toContain(word);
  });

  it('give each export a number of its own, and import no other', async () => {
    expect((await exported()).export).toBe(1);
    expect((await exported()).export).toBe(2);
    writeFileSync(join(exportsFolder(), 'last'), 'damaged');
    expect((await exported()).export).toBe(3);
    const job = askImport({ export: 7 });
    expect(await linked.hub.eventOf(job, 'job.failed')).toMatchObject({
      failure: { error: errorLabel('EXPORT_UNKNOWN'), left: 'unchanged' },
    });
    expect(await linked.hub.eventOf(askImport({ root: 'root-2', export: 1 }), 'job.rejected')).toMatchObject({
      code: 'PATH_DENIED',
    });
  });

  it('take no export of another installation, and none with a passphrase', async () => {
    await exported();
    const manifest = readManifest(linked.system, out(1));
    const asks = async (changes: object) => {
      writeFileSync(join(out(1), MANIFEST), manifestBytes({ ...manifest, ...changes }));
      return (await linked.hub.eventOf(askImport({ export: 1 }), 'job.failed')).failure.error;
    };
    expect(await asks({ source: '/somewhere/else' })).toBe(errorLabel('EXPORT_UNKNOWN'));
    expect(await asks({ sealed: true })).toBe(errorLabel('EXPORT_AT_TERMINAL'));
    expect(existsSync(tiny.target)).toBe(false);
  });

  it('carry out nothing once the export was edited after the plan', async () => {
    await exported();
    const before = describeHome(tiny);
    const { plan } = await linked.hub.eventOf(askImport({ export: 1 }), 'plan.ready');
    put(out(1), 'projects/late.yaml', 'name: late\n');

    expect(await linked.hub.eventOf(press(plan), 'job.rejected')).toMatchObject({ code: 'PLAN_STALE' });
    expect(describeHome(tiny)).toEqual(before);
  });

  it('name an edit that cannot be read by a number of ours only', async () => {
    await exported();
    edit(1, 'old-config/config.yml', (text) => `${text}"open: [\n`);
    expect(await linked.hub.eventOf(askImport({ export: 1 }), 'job.failed')).toMatchObject({
      failure: { error: errorLabel('EXPORT_EDIT_BROKEN'), left: 'unchanged' },
    });
  });

  it('end at as many exports as a person can want', async () => {
    for (let number = 1; number <= 20; number++) mkdirSync(out(number), { recursive: true });
    const { job, command } = jobCommand(linked.hubClock, 'export', { root: 'root-1' });
    linked.hub.command(command);
    expect(await linked.hub.eventOf(job, 'job.failed')).toMatchObject({
      failure: { error: errorLabel('EXPORT_TOO_MANY') },
    });
  });
});
