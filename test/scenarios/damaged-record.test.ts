import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { type AgentRun, askAgent, runAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'kill-at.ts')).href;
/** The record of the journal after which the staged home waits to be checked. */
const STAGED = '12 after SIGKILL';
const MIGRATE = ['migrate-from-git', 'clone', '--automated', '--yes'];

describe('a run whose process was killed and whose record is cut in half, after a whole migration', () => {
  const folder = useTempFolder('file');
  let tiny: TinyInstallation;
  let before: string[];
  let names: string[];
  let backup: string;
  let damaged: string;

  beforeAll(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    before = describeTree(tiny.target);
    names = readdirSync(tiny.home);
    expect(agent(MIGRATE)).toMatchObject({ exit: 0 });
    backup = readdirSync(tiny.backups)[0] ?? '';
    put(tiny.clone, 'orchestrator.yaml', 'discord: {channel_prefix: crew}\n');
    const kill = { NODE_OPTIONS: `--import ${PRELOAD}`, AWM_KILL_AT: STAGED };
    expect(agent(MIGRATE, kill)).toMatchObject({ exit: -1 });
    damaged = readdirSync(join(tiny.agentHome, 'runs')).sort().at(-1) ?? '';
    const bytes = readFileSync(record());
    writeFileSync(record(), bytes.subarray(0, bytes.length / 2));
  });

  const places = () => ({ MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups });
  const agent = (args: readonly string[], env: Readonly<Record<string, string>> = {}): AgentRun =>
    runAgent(tiny.home, args, { ...places(), ...env });
  const runFolder = () => join(tiny.agentHome, 'runs', damaged);
  const record = () => join(runFolder(), 'run.json');

  it.each([
    ['status', 'not yet usable'],
    ['migrate-status', 'complete'],
    ['backups list', 'before-migration'],
  ])('is told by %s with its path and what to do, beside what is whole', (words, whole) => {
    const { exit, stdout } = agent(words.split(' '));
    expect(exit).toBe(0);
    expect(stdout).toContain(whole);
    expect(stdout).toContain(`The record of run ${damaged} is damaged: ${record()}`);
    expect(stdout).toContain(`or move ${runFolder()} away and keep it`);
    const { result } = askAgent(tiny.home, words.split(' '), places());
    expect(result).toMatchObject({ damaged_records: [{ run: damaged, path: record() }] });
  });

  it.each(['recover', 'migrate-resume', MIGRATE.join(' '), 'backups prune --dry-run', 'retire clone'])(
    'stops `%s`, which has to know of every run, by its name and its file',
    (words) => {
      const { exit, error } = askAgent(tiny.home, words.split(' '), places());
      expect(exit).toBe(1);
      expect(error).toMatchObject({ name: 'RUN_RECORD_DAMAGED', file: record() });
      expect(error?.hint).toContain(runFolder());
    },
  );

  it('stops no rollback of the other one, which keeps what the damaged one left beside the home', () => {
    const { exit, stdout } = agent(['restore-migration-backup', backup, '--yes']);
    expect(exit).toBe(0);
    expect(describeTree(tiny.target)).toEqual(before);
    expect(readdirSync(tiny.home)).toEqual(names);
    expect(existsSync(join(runFolder(), 'left-staging'))).toBe(true);
    expect(stdout).toContain('left-staging');
  });
});
