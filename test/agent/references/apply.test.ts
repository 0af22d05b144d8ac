import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { applyReferences, resumeReferences, undoReferences } from '../../../src/agent/references/apply.ts';
import { plannedChanges } from '../../../src/agent/references/change.ts';
import { takeBackForTarget } from '../../../src/agent/references/take-back.ts';
import type { System } from '../../../src/agent/system.ts';
import { settleTimes } from '../../fixtures/settle.ts';
import { describeTree } from '../../helpers/digest.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { makeReferenceHome, quickReferencesIn, type ReferenceHome } from '../../helpers/reference-home.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();

const TAB = 'MAILTO=me\n@reboot cd @@ && python3 scripts/orchestrator.py\n0 5 * * * true\n';
const ALIAS = 'alias a="python3 @@/scripts/orchestrator.py"';
const RC = `# mine\n${ALIAS}\nexport X=1\n`;

function make(
  files: Record<string, string> = { '.bashrc': RC },
  crontab: string | undefined = TAB,
): ReferenceHome {
  return makeReferenceHome(join(folder(), 'home'), files, crontab);
}

function agentHome(): AgentHome {
  return new AgentHome(join(folder(), 'agent'));
}

/** Replaces everything that can be replaced. */
function applyAll(it: ReferenceHome, system: System = it.system()) {
  const chosen = quickReferencesIn(it).references.filter(({ state }) => state === 'patch');
  const changes = plannedChanges(system, chosen);
  return applyReferences(system, agentHome(), { source: it.clone, target: it.target }, changes);
}

function undo(it: ReferenceHome, id?: string) {
  return undoReferences(it.system(), agentHome(), id);
}

describe('replacing references', () => {
  it('changes the chosen lines and nothing else, the crontab through its program', () => {
    const it = make();
    const rc = join(it.home, '.bashrc');
    chmodSync(rc, 0o640);

    const { files } = applyAll(it);

    expect([...files].sort()).toEqual([rc, 'crontab'].sort());
    const start = '/opt/ma/bin/migration-agent exec -- /opt/aw/bin/agent-orch start';
    expect(it.crontab()).toBe(`MAILTO=me\n@reboot ${start}\n0 5 * * * true\n`);
    expect(readFileSync(rc, 'utf8')).toBe(`# mine\nalias a="${start}"\nexport X=1\n`);
    expect(lstatSync(rc).mode & 0o777).toBe(0o640);
    expect(quickReferencesIn(it).references).toEqual([]);
  });

  it('and taking it back gives every byte, mode and time as before, without a trace beside the files', () => {
    const it = make();
    settleTimes(it.home);
    const before = describeTree(it.home).slice(1);
    applyAll(it);

    expect(undo(it)).toMatchObject({ takenBack: expect.arrayContaining(['crontab']), left: [] });
    const fake = (line: string) => line.startsWith('.test-bin');
    expect(
      describeTree(it.home)
        .slice(1)
        .filter((line) => !fake(line)),
    ).toEqual(before.filter((line) => !fake(line)));
    expect(it.crontab()).toBe(TAB.replace('@@', it.clone));
  });

  it('writes through a link, which stays a link', () => {
    const it = make({ 'dots/rc': RC }, undefined);
    symlinkSync('dots/rc', join(it.home, '.bashrc'));
    applyAll(it);

    expect(lstatSync(join(it.home, '.bashrc')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(it.home, 'dots/rc'), 'utf8')).toContain('migration-agent');
  });

  it('keeps the bytes from before where nobody else can read them', () => {
    const it = make();
    applyAll(it);

    const [run] = readdirSync(agentHome().references);
    const kept = join(agentHome().references, run ?? '');
    const modes = readdirSync(kept).map((name) => lstatSync(join(kept, name)).mode & 0o777);
    expect(lstatSync(kept).mode & 0o777).toBe(0o700);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it('refuses before anything is written when a file changed since it was shown', () => {
    const it = make();
    const chosen = quickReferencesIn(it).references.filter(({ state }) => state === 'patch');
    const changes = plannedChanges(it.system(), chosen);
    writeFileSync(join(it.home, '.bashrc'), `${RC}# newer\n`);
    const crontab = it.crontab();

    const places = { source: it.clone, target: it.target };
    expect(() => applyReferences(it.system(), agentHome(), places, changes)).toThrowError(
      expect.objectContaining({ code: 'REFERENCE_CHANGED' }),
    );
    expect(it.crontab()).toBe(crontab);
    expect(() => undo(it)).toThrowError(expect.objectContaining({ code: 'REFERENCES_NOT_APPLIED' }));
  });

  it('takes everything back when the crontab program refuses', () => {
    const it = make();
    const rc = readFileSync(join(it.home, '.bashrc'), 'utf8');
    const real = it.system();
    const system = withOverrides(real, {
      run: (command, args, options) =>
        command === 'crontab' && args[0] === '-'
          ? { status: 1, stdout: Buffer.alloc(0), stderr: Buffer.from('not allowed\n'), notFound: false }
          : real.run(command, args, options),
    });

    expect(() => applyAll(it, system)).toThrowError(
      expect.objectContaining({ code: 'CRONTAB_REFUSED', message: expect.stringContaining('not allowed') }),
    );
    expect(readFileSync(join(it.home, '.bashrc'), 'utf8')).toBe(rc);
    expect(() => resumeReferences(it.system(), agentHome())).toThrowError(
      expect.objectContaining({ code: 'REFERENCES_NOT_APPLIED' }),
    );
  });
});

describe('taking replaced references back', () => {
  it('leaves what somebody changed since, says so, and takes back the rest', () => {
    const it = make();
    const rc = join(it.home, '.bashrc');
    applyAll(it);
    writeFileSync(rc, `${readFileSync(rc, 'utf8')}alias mine=1\n`);
    const mine = readFileSync(rc, 'utf8');

    expect(undo(it)).toMatchObject({
      takenBack: ['crontab'],
      left: [{ file: rc, reason: 'it was changed since' }],
    });
    expect(readFileSync(rc, 'utf8')).toBe(mine);
    expect(it.crontab()).toBe(TAB.replace('@@', it.clone));
  });

  it('works run by run, the newest first, and can be asked for again', () => {
    const it = make();
    const rc = join(it.home, '.bashrc');
    const before = readFileSync(rc, 'utf8');
    applyAll(it);
    const second = join(it.home, '.zshrc');
    writeFileSync(second, ALIAS.replace('@@', it.clone));
    applyAll(it);

    expect(undo(it).takenBack).toEqual([second]);
    expect([...undo(it).takenBack].sort()).toEqual([rc, 'crontab'].sort());
    expect(readFileSync(rc, 'utf8')).toBe(before);
    expect(() => undo(it)).toThrowError(expect.objectContaining({ code: 'REFERENCES_NOT_APPLIED' }));
  });

  it('for a target takes back all of its runs, and those of no other', () => {
    const it = make();
    applyAll(it);

    expect(takeBackForTarget(it.system(), agentHome(), '/elsewhere')).toEqual({ takenBack: [], left: [] });
    const { takenBack, left } = takeBackForTarget(it.system(), agentHome(), it.target);
    expect(takenBack).toHaveLength(2);
    expect(left).toEqual([]);
  });

  it('tells a rollback of a damaged journal, and stops nothing', () => {
    const it = make();
    const { run } = applyAll(it);
    writeFileSync(join(agentHome().references, run, 'journal.ndjson'), 'nonsense\nnonsense\n');

    const { takenBack, left } = takeBackForTarget(it.system(), agentHome(), it.target);
    expect(takenBack).toEqual([]);
    expect(left.map(({ file }) => file)).toContain('crontab');
  });
});

describe('any file that names the clone', () => {
  const command = fc.constantFrom(
    'python3 @@/scripts/orchestrator.py',
    'cd @@ && python3 scripts/orchestrator.py',
    '@@/venv/bin/agent-orch status',
    'cd @@ && . venv/bin/activate && aw start',
  );
  const line = fc.oneof(
    command,
    command.map((text) => `alias x='${text}'`),
    command.map((text) => `${text} > @@/logs/x.log 2>&1`),
    command.map((text) => `\t${text} # daily`),
    fc.constant('source @@/.env'),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
  );
  const end = fc.constantFrom('\n', '\r\n', '');

  it('becomes free of what can be replaced, and is the same again, byte for byte, when that is taken back', () => {
    mkdirSync(join(folder(), 'home'));
    const it = make({}, undefined);
    const rc = join(it.home, '.bashrc');
    // Nothing is brought to the disk: hundreds of small runs need not wait for it.
    const system = withOverrides(it.system(), { syncData: () => {}, syncFolder: () => {} });
    let replaced = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end), { minLength: 1, maxLength: 8 }), (lines) => {
        const text = lines.map(([one, stop]) => one + stop).join('');
        const bytes = Buffer.from(text.replaceAll('@@', it.clone), 'utf8');
        writeFileSync(rc, bytes);
        const patches = () => quickReferencesIn(it).references.filter(({ state }) => state === 'patch');
        const chosen = patches();
        if (chosen.length === 0) return;
        replaced++;
        const time = lstatSync(rc, { bigint: true }).mtimeNs / 1000n;

        const changes = plannedChanges(it.system(), chosen);
        applyReferences(system, agentHome(), { source: it.clone, target: it.target }, changes);
        expect(patches()).toEqual([]);
        undoReferences(system, agentHome(), undefined);

        expect(readFileSync(rc).equals(bytes)).toBe(true);
        expect(lstatSync(rc, { bigint: true }).mtimeNs / 1000n).toBe(time);
      }),
      { numRuns: 40 },
    );
    expect(replaced).toBeGreaterThan(5);
  });
});

describe('A damaged record of replaced lines', () => {
  it('is told by a rollback, which takes back the others, and stops replacing more', () => {
    const it = make();
    applyAll(it);
    const path = join(agentHome().references, 'run-1', 'run.json');
    mkdirSync(join(path, '..'));
    writeFileSync(path, '{"schema": "awm/references/1", "id": "ru');
    const named = expect.objectContaining({ code: 'RUN_RECORD_DAMAGED', file: path });

    expect(() => applyAll(it)).toThrowError(named);
    const { takenBack, left } = takeBackForTarget(it.system(), agentHome(), it.target);

    expect(takenBack).toHaveLength(2);
    expect(left).toEqual([{ file: path, reason: 'The record of run run-1 is damaged.' }]);
    expect(() => undo(it)).toThrowError(named);
  });
});
