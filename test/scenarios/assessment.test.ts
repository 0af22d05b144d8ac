import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Assessment } from '../../src/agent/plan/assessment.ts';
import { ASSESSMENT, type Assessment as Facts } from '../../src/protocol/facts.ts';
import { fits } from '../../src/protocol/schema.ts';
import { tokenShapes } from '../fixtures/canaries.ts';
import { put } from '../fixtures/write-files.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { makeGitClone } from '../helpers/git-clone.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { typeToAgent } from '../helpers/typed-agent.ts';

const NOBODY = 65_534;
const TOKEN = tokenShapes.anthropic('assessment');
const SITE = 'venv/lib/python3.11/site-packages';

describe('an assessment, with the real program', () => {
  const folder = useTempFolder();
  let home: string;
  let clone: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    home = join(folder(), 'home');
    clone = makeGitClone(join(home, 'agent-workflow'), {
      'orchestrator.yaml': 'orchestrator:\n  mode: blocking\n',
      'lib/x.py': 'x = 1\n',
      'scripts/orchestrator.py': 'import sys\nprint("ready", flush=True)\nsys.stdin.read()\n',
    });
    put(clone, 'orchestrator.yaml', 'orchestrator:\n  mode: partial\n');
    put(clone, 'projects/api.yaml', 'path: ~/Dropbox/api\n');
    put(clone, 'projects/web.yaml', 'path: ~/work/web\n');
    put(clone, '.env', `ANTHROPIC_API_KEY=${TOKEN}\n`, 0o600);
    put(clone, 'venv/pyvenv.cfg', 'version = 3.11.9\n');
    put(clone, `${SITE}/easy-install.pth`, `${clone}\n`);
    put(clone, 'venv/bin/agent-orch', `#!${clone}/venv/bin/python\n`, 0o755);
    put(home, '.bashrc', `export PATH="$HOME/agent-workflow/venv/bin:$PATH"\n`);
    put(home, 'Dropbox/api/.orch-state/status.json', '{}');
    put(home, 'work/web/.orch-state/backlog.json', '12345');
    put(home, 'src/old/orchestrator.yaml', '');
    put(home, 'src/old/lib/x.py', '');
    const lastYear = new Date(Date.now() - 365 * 86_400_000);
    for (const path of ['Dropbox/api/.orch-state/status.json', 'work/web/.orch-state/backlog.json'])
      utimesSync(join(home, path), lastYear, lastYear);
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  });

  const assess = () => askAgent<Assessment>(home, ['migrate-assess', clone]).result;

  it('tells what the installation is, how it lies on the computer, and what to do; nothing changes', () => {
    const before = [treeDigest(home), treeDigest(clone)];

    const result = assess();

    expect([treeDigest(home), treeDigest(clone)]).toEqual(before);
    expect(result.installation_type).toMatchObject({
      method: 'git clone',
      usage: { level: 'idle', active_projects: 0 },
      python_environments: [
        { path: join(clone, 'venv'), kind: 'venv', python: '3.11.9', editable_from: clone, in_clone: true },
      ],
      commands: [{ shell: 'bash', command: 'agent-orch', of: 'clone' }],
      other_installations: [join(home, 'src/old')],
    });
    expect(result.version).toMatchObject({ version: '0.9.8', from: 'tag', compatible: 'yes' });
    expect(result.data_volume).toMatchObject({ state_bytes: 7, by_category: { projects: { files: 2 } } });
    expect(result.migration_risk).toMatchObject({ rollback_available: true, ready: true });
    const { estimate, automated_refused: refused } = result.recommended_path;
    expect(refused).toBe(undefined);
    expect(estimate.seconds.to).toBeGreaterThan(estimate.seconds.from);
    expect(estimate.measured.files).toBeGreaterThan(0);
    const found = result.findings.map(({ code, file }) => [code, file]);
    expect(found).toContainEqual(['sync-folder', join(home, 'Dropbox/api')]);
    expect(found).toContainEqual(['command-of-clone', join(clone, 'venv/bin/agent-orch')]);
    expect(found).toContainEqual(['other-installation', join(home, 'src/old')]);
  });

  it('is a report with the headings that people know, and no secret in it', () => {
    const { exit, stdout } = runAgent(home, ['migrate-assess', clone]);

    expect(exit).toBe(0);
    for (const heading of [
      'Installation Details',
      'Configuration Analysis',
      'Migration Recommendation',
      'Available migration options',
    ])
      expect(stdout).toContain(`\n${heading}\n`);
    expect(stdout).toMatch(/Python +venv ~\/agent-workflow\/venv, Python 3\.11\.9, runs ~\/agent-workflow/);
    expect(stdout).toMatch(/agent-orch +~\/agent-workflow\/venv\/bin\/agent-orch \(of the clone\) in bash/);
    expect(stdout).toMatch(/\[1\] \w+ \(recommended\)/);
    expect(stdout).not.toContain(TOKEN);
  });

  it('tells with --facts exactly what may leave the computer, places by pseudonyms that stay the same', () => {
    const { stdout } = runAgent(home, ['migrate-assess', clone, '--facts']);

    const facts = JSON.parse(stdout) as Facts;
    expect(fits(ASSESSMENT, facts)).toBe(true);
    expect(facts).toMatchObject({
      version: '0.9.8',
      projects: { total: 2, shown: [{ name: 'project-1' }, { name: 'project-2' }] },
      risk: { ready: true },
      estimate: { seconds: { from: expect.any(Number), to: expect.any(Number) } },
    });
    const places = (code: string) => facts.findings.find((one) => one.code === code)?.places;
    expect(places('sync-folder')).toEqual(['<project-1>']);
    expect(places('command-of-clone')).toEqual(['<clone>']);
    expect(places('other-installation')).toEqual(['<home>']);
    for (const word of [home, TOKEN, 'Dropbox', 'api', 'web', 'old'])
      expect(stdout).not.toMatch(new RegExp(`["/]${word}`));
    const again = askAgent<{ facts: Facts }>(home, ['migrate-assess', clone, '--facts']).result.facts;
    expect(again.findings).toEqual(facts.findings);
  });

  it('names an orchestrator that runs, and does not call the computer ready', async () => {
    const child = spawn('/usr/bin/python3', ['scripts/orchestrator.py'], {
      cwd: clone,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout!, 'data');

    const result = assess();

    expect(result.installation_type.running).toEqual({ pid: child.pid, from: 'the list of processes' });
    expect(result.migration_risk).toMatchObject({ level: 'high', ready: false });
    expect(result.recommended_path.automated_refused).toContain('running orchestrator');
    expect(result.findings).toContainEqual(
      expect.objectContaining({ code: 'orchestrator-running', level: 'error', fix: expect.any(String) }),
    );
  });

  it('of what cannot be read whole is never automated', () => {
    put(clone, 'config.yml', 'orchestrator: "open\n');

    const { recommended_path: path } = assess();

    expect(path).toMatchObject({ path: 'decide first', reasons: ['open-decisions'] });
    expect(runAgent(home, ['migrate-assess', clone]).stdout).toMatch(
      /Automated: not possible: there are questions without a safe answer/,
    );
  });

  it('of a part that this user may not read says so, and how to look; it is never automated', () => {
    chmodSync(folder(), 0o755);
    put(clone, 'notes/private.md', 'closed\n');
    if (process.getuid?.() === 0)
      expect(spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, home]).status).toBe(0);
    chmodSync(join(clone, 'notes/private.md'), 0o000);
    const asUser = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const [program = '', ...args] = [
      ...(process.getuid?.() === 0 ? asUser : []),
      process.execPath,
      join(import.meta.dirname, '../../src/agent.ts'),
      ...['migrate-assess', clone, '--json'],
    ];

    const { stdout, status } = spawnSync(program, args, {
      cwd: home,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: home },
    });

    expect(status).toBe(0);
    const { result } = JSON.parse(stdout) as { result: Assessment };
    expect(result.recommended_path).toMatchObject({
      path: 'decide first',
      reasons: ['open-decisions', 'cannot-be-read-whole'],
      automated_refused: expect.stringContaining('cannot be read'),
    });
    expect(result.findings).toContainEqual(
      expect.objectContaining({ code: 'unreadable', level: 'decision', file: 'notes/private.md' }),
    );
  });

  describe('at a terminal', () => {
    const type = (...answers: [after: string, typed: string][]) =>
      typeToAgent(home, ['migrate-assess', clone], answers);

    it('ends with the ways to migrate; the chosen one is carried out, after its own question', async () => {
      const { exit, screen } = await type(
        ['Select migration type', 'automated'],
        ['The source is not modified.', 'y'],
      );

      expect(exit).toBe(0);
      expect(screen).toMatch(/\[1\] \w+ \(recommended\)/);
      expect(existsSync(join(home, '.agent-workflow/config.yaml'))).toBe(true);
    });

    it('exports by hand into the folder that is typed', async () => {
      const { exit } = await type(['Select migration type', 'manual'], ['Export to which folder', '~/mine']);

      expect(exit).toBe(0);
      expect(existsSync(join(home, 'mine/CHECKLIST.md'))).toBe(true);
      expect(existsSync(join(home, '.agent-workflow'))).toBe(false);
    });

    it('changes nothing where nothing is chosen, and does not take what is not possible', async () => {
      put(clone, 'config.yml', 'orchestrator: "open\n');

      const { exit, screen } = await type(
        ['Select migration type', 'automated'],
        ['Not possible: there are questions', 'q'],
      );

      expect(exit).toBe(0);
      expect(screen).toContain('Nothing was changed.');
      expect(existsSync(join(home, '.agent-workflow'))).toBe(false);
      expect(existsSync(join(home, '.agent-workflow-backups'))).toBe(false);
    });

    it('asks nothing with --yes', async () => {
      const { exit, screen } = await typeToAgent(home, ['migrate-assess', clone, '--yes'], []);

      expect(exit).toBe(0);
      expect(screen).toContain('Available migration options');
      expect(screen).not.toContain('Select migration type');
    });
  });
});
