import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBackup } from '../../src/agent/backup/create.ts';
import { loadOrCreateIdentity } from '../../src/agent/backup/identity.ts';
import type { BackupRequest } from '../../src/agent/backup/request.ts';
import { walk } from '../../src/agent/backup/walk.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import {
  buildTinyInstallation,
  type TinyInstallation,
  type TinyTarget,
} from '../fixtures/tiny-installation.ts';
import type { AgentRun } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { describeHome } from '../helpers/tiny-migration.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
const IS_ROOT = process.getuid?.() === 0;
/** An unprivileged user: for root every permission is given, and a test of them proves nothing. */
const NOBODY = 65_534;
const UNPRIVILEGED = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

const folder = useTempFolder();

/** Runs the agent; `prefix` is a command that starts it with less than we have. */
function agent(
  tiny: TinyInstallation,
  args: readonly string[],
  prefix: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): AgentRun {
  const [command = '', ...rest] = [...prefix, process.execPath, ENTRY, ...args];
  const { status, stdout, stderr } = spawnSync(command, rest, {
    cwd: tiny.home,
    encoding: 'utf8',
    env: {
      PATH: '/usr/bin:/bin',
      HOME: tiny.home,
      LC_ALL: 'C.UTF-8',
      MIGRATION_AGENT_HOME: tiny.agentHome,
      MIGRATION_BACKUP_DIR: tiny.backups,
      ...env,
    },
  });
  return { exit: status ?? -1, stdout, stderr };
}

const migrate = (tiny: TinyInstallation) => ['migrate-from-git', tiny.clone, '--automated', '--yes'];

/** A small file system in memory; false where this user or this machine may not mount one. */
function mountSmall(at: string, size: string): boolean {
  mkdirSync(at, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', at]).status === 0;
}

function canMount(): boolean {
  const at = mkdtempSync(join(tmpdir(), 'awm-mount-'));
  try {
    return mountSmall(at, '64k') && spawnSync('umount', [at]).status === 0;
  } finally {
    rmdirSync(at);
  }
}

describe.skipIf(!canMount())('A full disk', () => {
  let mounted: string[] = [];
  beforeEach(() => {
    mounted = [];
  });
  afterEach(() => {
    for (const at of mounted) expect(spawnSync('umount', [at]).status).toBe(0);
  });

  function small(at: string, size: string): void {
    expect(mountSmall(at, size)).toBe(true);
    mounted.push(at);
  }

  it.each<TinyTarget>(['none', 'existing'])(
    'for the backups is told before anything is written, with the target: %s',
    (kind) => {
      const tiny = buildTinyInstallation(join(folder(), 'tiny'), kind);
      const before = describeHome(tiny);
      small(tiny.backups, '512k');
      const { exit, stderr, stdout } = agent(tiny, migrate(tiny));
      expect(stderr).toContain('AWM-1409');
      expect(exit).toBe(1);
      expect(stdout).toContain('everything is as it was before');
      expect(describeHome(tiny)).toEqual(before);
      expect(readdirSync(tiny.backups)).toEqual([]);
    },
  );

  it('that fills up while a backup is written leaves nothing of it behind', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    const before = describeHome(tiny);
    small(tiny.backups, '4m');
    // The kernel keeps no promise of free room: whoever asks for it first is told more than is there.
    const reserve = join(tiny.backups, 'other-data');
    const preload = join(folder(), 'fill.mjs');
    writeFileSync(preload, fillerOf(reserve));
    const { exit, stderr } = agent(tiny, migrate(tiny), [], { NODE_OPTIONS: `--import ${preload}` });
    expect(stderr).toContain('AWM-1409');
    expect(exit).toBe(1);
    expect(describeHome(tiny)).toEqual(before);
    expect(readdirSync(tiny.backups)).toEqual(['other-data']);
  });

  it('that fills up while several threads copy leaves nothing of it behind', async () => {
    const tree = join(folder(), 'tree');
    for (let n = 0; n < 2200; n++) {
      mkdirSync(join(tree, `${n % 7}`), { recursive: true });
      writeFileSync(join(tree, `${n % 7}`, `${n}`), 'x'.repeat(8000));
    }
    const parent = join(folder(), 'backups');
    small(parent, '40m');
    const system = new RealSystem({ HOME: folder() });
    const items = walk(system, tree).entries.map(({ rel, stat }) => {
      return { root: 'target', rel, stat, category: 'custom', secret: false } as const;
    });
    const request: BackupRequest = {
      kind: 'manual',
      roots: [{ id: 'target', path: tree, present: true }],
      items,
      knownSecrets: [],
      parent,
      allowUnreadable: false,
      requiredFiles: [],
    };
    // There was room enough when it was asked for.
    const fillUp = () => {
      if (!existsSync(join(parent, 'other-data')))
        writeFileSync(join(parent, 'other-data'), Buffer.alloc(statfsSync(parent).bavail * 4096 - (4 << 20)));
    };
    const identity = await loadOrCreateIdentity(system, join(folder(), 'agent'));
    await expect(createBackup(system, request, identity, fillUp)).rejects.toMatchObject({
      code: 'DISK_FULL',
    });
    expect(readdirSync(parent)).toEqual(['other-data']);
  });

  it.each<TinyTarget>(['none', 'existing'])(
    'that holds the home has no half of a new home afterwards, with the target: %s',
    (kind) => {
      const root = join(folder(), 'tiny');
      for (const size of ['100k', '116k', '132k', '148k', '164k']) {
        small(join(root, 'home'), size);
        const tiny = buildTinyInstallation(root, kind);
        const before = describeHome(tiny);
        const { exit, stderr } = agent(tiny, migrate(tiny));
        if (exit !== 0) {
          expect(stderr, size).toContain('AWM-1409');
          expect(exit, size).toBe(1);
          expect(describeHome(tiny), size).toEqual(before);
        }
        expect(spawnSync('umount', [join(root, 'home')]).status).toBe(0);
        mounted.pop();
      }
    },
  );

  it('that is mounted read-only is refused with everything as it was', () => {
    const root = join(folder(), 'tiny');
    small(join(root, 'home'), '1m');
    const tiny = buildTinyInstallation(root, 'existing');
    expect(spawnSync('mount', ['-o', 'remount,ro', tiny.home]).status).toBe(0);
    const before = describeHome(tiny);
    const { exit, stderr } = agent(tiny, migrate(tiny));
    expect(stderr).toContain('AWM-1204');
    expect(exit).toBe(1);
    expect(describeHome(tiny)).toEqual(before);
  });

  it('for the records of the run is told, and the run is taken back', () => {
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    const before = describeHome(tiny);
    let taken = 0;
    for (let kilobytes = 8; kilobytes <= 128; kilobytes += 4) {
      small(tiny.agentHome, `${kilobytes}k`);
      const { exit, stderr } = agent(tiny, migrate(tiny));
      expect(spawnSync('umount', [tiny.agentHome]).status).toBe(0);
      mounted.pop();
      if (exit === 0) break;
      taken++;
      expect(stderr, `${kilobytes}k`).toContain('AWM-1409');
      expect(exit, `${kilobytes}k`).toBe(1);
      expect(describeHome(tiny), `${kilobytes}k`).toEqual(before);
    }
    expect(taken).toBeGreaterThan(5);
  });
});

it('A disk whose files may not grow (RLIMIT_FSIZE) leaves everything as it was', () => {
  const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
  const before = describeHome(tiny);
  const { exit, stderr } = agent(tiny, migrate(tiny), ['prlimit', '--fsize=2048']);
  expect(exit).not.toBe(0);
  expect(stderr).toContain('AWM-');
  expect(stderr).not.toContain('AWM-1999');
  expect(describeHome(tiny)).toEqual(before);
});

describe.runIf(IS_ROOT)('An unprivileged user', () => {
  /** The installation in the hands of that user, in a folder that everybody may enter. */
  function given(kind: TinyTarget): TinyInstallation {
    chmodSync(folder(), 0o755);
    const tiny = buildTinyInstallation(join(folder(), 'tiny'), kind);
    for (const place of [tiny.agentHome, tiny.backups]) mkdirSync(place, { recursive: true, mode: 0o700 });
    expect(spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, tiny.root]).status).toBe(0);
    return tiny;
  }

  const run = (tiny: TinyInstallation) => agent(tiny, migrate(tiny), UNPRIVILEGED);

  it('migrates and rolls back without any special right', () => {
    const tiny = given('existing');
    const before = describeHome(tiny);
    expect(run(tiny)).toMatchObject({ exit: 0 });
    expect(agent(tiny, ['restore-migration-backup', '--yes'], UNPRIVILEGED)).toMatchObject({ exit: 0 });
    expect(describeHome(tiny)).toEqual(before);
  });

  it('migrates from an installation that nobody may write to', () => {
    const tiny = given('none');
    for (const path of [tiny.clone, join(tiny.clone, 'lib')]) {
      chownSync(path, 0, 0);
      chmodSync(path, 0o555);
    }
    for (const name of ['.env', 'config.yml', 'agent-poet.yaml']) chmodSync(join(tiny.clone, name), 0o444);
    const source = describeTree(tiny.clone);
    expect(run(tiny)).toMatchObject({ exit: 0 });
    expect(describeTree(tiny.clone)).toEqual(source);
    expect(lstatSync(join(tiny.target, 'credentials.key')).mode & 0o777).toBe(0o600);
  });

  it.each(['.env', 'config.yml', 'agent-poet.yaml', 'lib'])(
    'is asked about %s that cannot be read, and nothing is written meanwhile',
    (name) => {
      const tiny = given('none');
      chownSync(join(tiny.clone, name), 0, 0);
      chmodSync(join(tiny.clone, name), 0o600);
      const before = describeHome(tiny);
      const { exit, stdout, stderr } = run(tiny);
      expect(exit, stderr).toBe(3);
      expect(stderr).toContain(
        `AWM-1105: Files of the installation that cannot be read: 1, the first is ${name}`,
      );
      expect(stdout).toContain('unreadable-files');
      expect(describeHome(tiny)).toEqual(before);
      expect(readdirSync(tiny.backups)).toEqual([]);
      expect(readdirSync(tiny.agentHome)).toEqual([]);
    },
  );

  it('is told of a state file that cannot be read, and nothing is written meanwhile', () => {
    const tiny = given('none');
    chownSync(join(tiny.project, '.orch-state/status.json'), 0, 0);
    chmodSync(join(tiny.project, '.orch-state/status.json'), 0o600);
    expect(run(tiny)).toMatchObject({ exit: 3, stderr: expect.stringContaining('AWM-1105') });
    expect(existsSync(tiny.target)).toBe(false);
  });

  it.each<[string, TinyTarget, (tiny: TinyInstallation) => string]>([
    ['the folder of the home belongs to somebody else', 'none', ({ home }) => home],
    ['the home belongs to somebody else', 'existing', ({ target }) => target],
    ['a folder in the home belongs to somebody else', 'existing', ({ target }) => join(target, 'agents')],
  ])('is refused with everything as it was where %s', (_, kind, place) => {
    const tiny = given(kind);
    chownSync(place(tiny), 0, 0);
    chmodSync(place(tiny), 0o755);
    const before = describeHome(tiny);
    const { exit, stderr } = run(tiny);
    expect(exit, stderr).toBe(1);
    expect(stderr).toMatch(/AWM-1204|AWM-1901/);
    expect(describeHome(tiny)).toEqual(before);
  });

  it('is refused where backups cannot be kept, or the agent has no home', () => {
    for (const place of ['backups', 'agentHome'] as const) {
      const tiny = given('existing');
      chownSync(tiny[place], 0, 0);
      chmodSync(tiny[place], 0o755);
      const before = describeHome(tiny);
      const { exit, stderr } = run(tiny);
      expect(exit, stderr).toBe(1);
      expect(stderr, place).toMatch(/AWM-1408|AWM-1901/);
      expect(describeHome(tiny), place).toEqual(before);
      expect(readdirSync(tiny[place]), place).toEqual([]);
      expect(spawnSync('rm', ['-rf', tiny.root]).status).toBe(0);
    }
  });
});

/** Source of a preload that takes all room of the disk as soon as somebody has asked how much there is. */
function fillerOf(path: string): string {
  return `
import { createRequire, syncBuiltinESMExports } from 'node:module';
const fs = createRequire(import.meta.url)('node:fs');
const { statfsSync } = fs;
fs.statfsSync = (...args) => {
  const answer = statfsSync(...args);
  const fd = fs.openSync(${JSON.stringify(path)}, 'a');
  try {
    for (;;) fs.writeSync(fd, Buffer.alloc(65536));
  } catch {
    fs.ftruncateSync(fd, Math.max(0, fs.fstatSync(fd).size - 8192));
  }
  fs.closeSync(fd);
  return answer;
};
syncBuiltinESMExports();
`;
}
