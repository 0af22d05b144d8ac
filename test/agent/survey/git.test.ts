import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readOnly } from '../../../src/agent/read-only-system.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import { type GitReading, readGit } from '../../../src/agent/survey/git.ts';
import { quoteBytes, trackedKey } from '../../../src/agent/survey/git-bytes.ts';
import { withoutCredentials } from '../../../src/agent/survey/git-config.ts';
import { describeTree, treeDigest } from '../../helpers/digest.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A git command as the person would type it, with no configuration but the repository's. */
function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'A Person',
      GIT_AUTHOR_EMAIL: 'person@example.org',
      GIT_COMMITTER_NAME: 'A Person',
      GIT_COMMITTER_EMAIL: 'person@example.org',
      GIT_AUTHOR_DATE: '2025-01-10T08:00:00Z',
      GIT_COMMITTER_DATE: '2025-01-10T08:00:00Z',
    },
  }).trim();
}

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(join(folder, name, '..'), { recursive: true });
    fs.writeFileSync(join(folder, name), text);
  }
}

/** A clone with one commit that is also where `origin/main` stands. */
function makeClone(files: Record<string, string>, name = 'clone', ...init: string[]): string {
  const clone = join(temp(), name);
  fs.mkdirSync(clone);
  git(clone, 'init', '-q', '-b', 'main', ...init);
  write(clone, files);
  git(clone, 'add', '-A');
  git(clone, 'commit', '-qm', 'first');
  git(clone, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  return clone;
}

type Read = Extract<GitReading, { state: 'read' }>;

/** Reads a clone, hands the reading over, and checks that nothing in the clone changed by it. */
function reading<T>(clone: string, use: (read: Read) => T, env: Record<string, string> = {}): T {
  const before = treeDigest(clone);
  const system = readOnly(new RealSystem({ ...process.env, HOME: join(temp(), 'home'), ...env }));
  const read = readGit(system, clone);
  if (read.state !== 'read') throw new Error(JSON.stringify(read));
  try {
    return use(read);
  } finally {
    read.close();
    expect(treeDigest(clone)).toBe(before);
  }
}

const FILES = {
  'README.md': 'read me\n',
  'lib/tools.py': 'A = 1\nB = 2\n',
  'lib/other.py': 'C = 3\n',
  'run.sh': '#!/bin/sh\n',
};

describe('the facts of a clone', () => {
  it('are its head, branch, tag, remote and first use', () => {
    const clone = makeClone(FILES);
    git(clone, 'tag', 'v0.9.8');
    git(clone, 'remote', 'add', 'origin', 'https://person:ghp_secret@github.com/jmontp/agent-workflow.git');

    const facts = reading(clone, (read) => read.facts);

    expect(facts).toMatchObject({
      head: git(clone, 'rev-parse', 'HEAD'),
      branch: 'main',
      describe: 'v0.9.8',
      base: facts.head,
      ownCommits: 0,
      changed: [],
      firstSeen: '2025-01-10T08:00:00.000Z',
      remote: 'https://github.com/jmontp/agent-workflow.git',
    });
    expect([...facts.tracked].sort()).toEqual(Object.keys(FILES).sort());
  });

  it('name every file that own commits and uncommitted edits change, and no untracked one', () => {
    const clone = makeClone(FILES);
    const base = git(clone, 'rev-parse', 'HEAD');
    write(clone, { 'lib/tools.py': 'A = 10\nB = 2\n', 'lib/mine.py': 'mine\n' });
    git(clone, 'add', '-A');
    git(clone, 'commit', '-qm', 'own');
    write(clone, { 'README.md': 'read me too\n', 'staged.txt': 'staged\n', 'untracked.txt': 'untracked\n' });
    git(clone, 'add', 'staged.txt');
    fs.rmSync(join(clone, 'lib/other.py'));
    fs.rmSync(join(clone, 'run.sh'));
    fs.symlinkSync('README.md', join(clone, 'run.sh'));

    const facts = reading(clone, (read) => read.facts);

    expect(facts).toMatchObject({ base, ownCommits: 1 });
    expect(facts.changed).toEqual([
      { rel: 'README.md', change: 'modified' },
      { rel: 'lib/mine.py', change: 'added' },
      { rel: 'lib/other.py', change: 'deleted' },
      { rel: 'lib/tools.py', change: 'modified' },
      { rel: 'run.sh', change: 'type-changed' },
      { rel: 'staged.txt', change: 'added' },
    ]);
  });

  it('compare with the remote of the public project where origin is a fork', () => {
    const clone = makeClone(FILES);
    const shared = git(clone, 'rev-parse', 'HEAD');
    write(clone, { 'lib/mine.py': 'mine\n' });
    git(clone, 'add', '-A');
    git(clone, 'commit', '-qm', 'own');
    git(clone, 'remote', 'add', 'origin', 'git@github.com:someone/agent-workflow.git');
    git(clone, 'remote', 'add', 'upstream', 'https://github.com/jmontp/agent-workflow');
    git(clone, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    git(clone, 'update-ref', 'refs/remotes/upstream/main', shared);

    const facts = reading(clone, (read) => read.facts);

    expect(facts).toMatchObject({ base: shared, ownCommits: 1 });
    expect(facts.changed).toEqual([{ rel: 'lib/mine.py', change: 'added' }]);
  });

  it('show edits that git was told not to look at, and files that it was told to forget as not deleted', () => {
    const clone = makeClone(FILES);
    git(clone, 'update-index', '--assume-unchanged', 'README.md');
    git(clone, 'update-index', '--skip-worktree', 'lib/tools.py', 'lib/other.py');
    git(clone, 'rm', '-q', '--cached', 'run.sh');
    write(clone, { 'README.md': 'edited\n', 'lib/tools.py': 'edited\n' });
    fs.rmSync(join(clone, 'lib/other.py'));

    const changed = reading(clone, (read) => read.facts.changed);

    expect(changed.map((entry) => entry.rel)).toEqual(['README.md', 'lib/tools.py']);
  });

  it('do not trust equal times and sizes', () => {
    const clone = makeClone(FILES);
    const { mtime, atime } = fs.statSync(join(clone, 'README.md'));
    write(clone, { 'README.md': 'red me.\n' });
    fs.utimesSync(join(clone, 'README.md'), atime, mtime);

    expect(reading(clone, (read) => read.facts.changed)).toEqual([{ rel: 'README.md', change: 'modified' }]);
  });

  it('before the first commit compare with nothing', () => {
    const clone = join(temp(), 'new');
    fs.mkdirSync(clone);
    git(clone, 'init', '-q', '-b', 'main');
    write(clone, FILES);
    git(clone, 'add', 'README.md');

    const { head, branch, ownCommits, changed, firstSeen } = reading(clone, (read) => read.facts);

    expect({ head, branch, ownCommits, changed, firstSeen }).toEqual({
      head: undefined,
      branch: 'main',
      ownCommits: 0,
      changed: [{ rel: 'README.md', change: 'added' }],
      firstSeen: undefined,
    });
  });

  it('have no branch when HEAD is detached', () => {
    const clone = makeClone(FILES);
    git(clone, 'checkout', '-q', '--detach');

    expect(reading(clone, (read) => read.facts.branch)).toBeUndefined();
  });

  it('are read from a repository with SHA-256 ids', () => {
    const clone = makeClone(FILES, 'clone', '--object-format=sha256');
    write(clone, { 'README.md': 'edited\n' });

    const { facts, patch } = reading(clone, (read) => ({
      facts: read.facts,
      patch: read.patchOf('README.md'),
    }));

    expect(facts.head).toMatch(/^[0-9a-f]{64}$/);
    expect(facts.changed).toEqual([{ rel: 'README.md', change: 'modified' }]);
    expect(patch.toString()).toContain('+edited');
  });

  it('are read from a linked work tree, whose HEAD and index are its own', () => {
    const main = makeClone(FILES);
    const linked = join(temp(), 'linked tree');
    git(main, 'worktree', 'add', '-q', '-b', 'other', linked);
    write(linked, { 'README.md': 'edited\n' });
    const before = treeDigest(main);

    const facts = reading(linked, (read) => read.facts);

    expect(facts).toMatchObject({ branch: 'other', changed: [{ rel: 'README.md', change: 'modified' }] });
    expect(treeDigest(main)).toBe(before);
  });

  it.each([['a "quoted" #path'], ['über\nzwei \\ Zeilen']])('are read in a folder called %j', (name) => {
    const clone = makeClone(FILES, name);

    expect(reading(clone, (read) => read.facts.tracked.size)).toBe(4);
  });

  it('are read from a clone that borrows objects, with packed refs and a split index', () => {
    makeClone(FILES, 'lender');
    const clone = join(temp(), 'borrower');
    git(temp(), 'clone', '-q', '--shared', join(temp(), 'lender'), clone);
    git(clone, 'pack-refs', '--all');
    git(clone, 'update-index', '--split-index');
    write(clone, { 'new.txt': 'new\n' });
    git(clone, 'add', 'new.txt');

    const facts = reading(clone, (read) => read.facts);

    expect(facts.changed).toEqual([{ rel: 'new.txt', change: 'added' }]);
    expect(facts.tracked.size).toBe(5);
  });

  it('are read while a merge is in conflict', () => {
    const clone = makeClone(FILES);
    git(clone, 'checkout', '-qb', 'theirs');
    write(clone, { 'README.md': 'theirs\n' });
    git(clone, 'commit', '-qam', 'theirs');
    git(clone, 'checkout', '-q', 'main');
    write(clone, { 'README.md': 'ours\n' });
    git(clone, 'commit', '-qam', 'ours');
    expect(() => git(clone, 'merge', 'theirs')).toThrow();

    const facts = reading(clone, (read) => read.facts);

    expect(facts.changed).toEqual([{ rel: 'README.md', change: 'modified' }]);
  });

  it('take the last commit for a damaged index', () => {
    const clone = makeClone(FILES);
    fs.writeFileSync(join(clone, '.git/index'), 'not an index at all');
    write(clone, { 'README.md': 'edited\n' });

    const facts = reading(clone, (read) => read.facts);

    expect(facts.tracked.size).toBe(4);
    expect(facts.changed).toEqual([{ rel: 'README.md', change: 'modified' }]);
  });

  it('keep names that are not UTF-8 as bytes', () => {
    const clone = makeClone(FILES);
    const name = Buffer.from('caf\xe9.md', 'latin1');
    const twin = Buffer.from('caf\xe8.md', 'latin1');
    for (const each of [name, twin]) fs.writeFileSync(Buffer.concat([Buffer.from(`${clone}/`), each]), each);
    git(clone, 'add', '-A');

    const { facts, patch } = reading(clone, (read) => ({ facts: read.facts, patch: read.patchOf(name) }));

    expect(facts.tracked).toContain(trackedKey(name));
    expect(facts.changed.map((entry) => entry.rel)).toEqual([twin, name]);
    const other = join(temp(), 'other');
    git(temp(), 'clone', '-q', clone, other);
    fs.writeFileSync(join(temp(), 'patch'), patch);
    git(other, 'apply', join(temp(), 'patch'));
    expect(fs.readFileSync(Buffer.concat([Buffer.from(`${other}/`), name]))).toEqual(name);
    expect(fs.existsSync(Buffer.concat([Buffer.from(`${other}/`), twin]))).toBe(false);
  });

  it.each([['in the clone'], ['in the .gitconfig of the person']])(
    'see no change in files with CRLF where autocrlf is set %s',
    (where) => {
      const clone = makeClone(FILES);
      if (where === 'in the clone') git(clone, 'config', 'core.autocrlf', 'true');
      else write(temp(), { 'home/.gitconfig': '[core]\n\tautocrlf = true\n[extensions]\n\tunheardOf = 1' });
      write(clone, { 'README.md': 'read me\r\n', 'lib/tools.py': 'A = 1\r\nB = 20\r\n' });

      const changed = reading(clone, (read) => read.facts.changed);

      expect(changed).toEqual([{ rel: 'lib/tools.py', change: 'modified' }]);
    },
  );
});

describe('a patch', () => {
  it('turns a checkout of the base into the identical files', () => {
    const binary = Buffer.from(Array.from({ length: 3000 }, (_, n) => (n * 7919) % 256)).toString('latin1');
    const clone = makeClone({
      ...FILES,
      'with space/[glob]*.txt': 'one\n',
      'with space/glob.txt': 'other\n',
    });
    const base = git(clone, 'rev-parse', 'HEAD');
    write(clone, { 'lib/tools.py': 'A = 1\nB = 3' });
    git(clone, 'commit', '-qam', 'own');
    write(clone, {
      'README.md': 'edited\n',
      'with space/[glob]*.txt': 'two\n',
      'with space/glob.txt': 'edited\n',
    });
    fs.writeFileSync(join(clone, 'image.bin'), binary, 'latin1');
    fs.chmodSync(join(clone, 'run.sh'), 0o755);
    fs.rmSync(join(clone, 'lib/other.py'));
    git(clone, 'add', 'image.bin');

    const patches = reading(clone, (read) => read.facts.changed.map(({ rel }) => read.patchOf(rel)));

    const other = join(temp(), 'other');
    git(temp(), 'clone', '-q', clone, other);
    git(other, 'checkout', '-q', base);
    patches.forEach((patch, n) => {
      expect(patch.toString('latin1').match(/^diff --git /gm)).toHaveLength(1);
      fs.writeFileSync(join(temp(), `${n}.patch`), patch);
      git(other, 'apply', join(temp(), `${n}.patch`));
    });
    fs.rmSync(join(clone, '.git'), { recursive: true });
    fs.rmSync(join(other, '.git'), { recursive: true });
    expect(contents(other)).toEqual(contents(clone));
  });

  it('of a file that did not change is empty, and of a FIFO in its place there is none', () => {
    const clone = makeClone(FILES);
    fs.rmSync(join(clone, 'run.sh'));
    execFileSync('mkfifo', [join(clone, 'run.sh')]);

    reading(clone, (read) => {
      expect(read.patchOf('README.md')).toHaveLength(0);
      expect(read.facts.changed).toEqual([{ rel: 'run.sh', change: 'type-changed' }]);
      expect(() => read.patchOf('run.sh')).toThrow('cannot be read');
    });
  });
});

describe('reading a hostile clone', () => {
  it('runs nothing that its configuration, attributes or hooks name', () => {
    const clone = makeClone({ ...FILES, '.gitattributes': '* filter=evil diff=evil merge=evil\n' });
    const marker = join(temp(), 'marker');
    const script = join(temp(), 'evil.sh');
    fs.writeFileSync(script, `#!/bin/sh\ntouch '${marker}'\ncat\n`, { mode: 0o755 });
    write(temp(), { 'included.config': `[core]\n\tfsmonitor = ${script}\n[diff]\n\texternal = ${script}\n` });
    const settings = `
      [include]\n\tpath = ${join(temp(), 'included.config')}
      [core]\n\tfsmonitor = ${script}\n\thooksPath = ${temp()}/hooks\n\tpager = ${script}\n\tsshCommand = ${script}\n\tattributesFile = ${script}
      [pager]\n\tdiff = ${script}
      [filter "evil"]\n\tclean = ${script}\n\tsmudge = ${script}\n\tprocess = ${script}\n\trequired = true
      [diff]\n\texternal = ${script}
      [diff "evil"]\n\tcommand = ${script}\n\ttextconv = ${script}
      [credential]\n\thelper = !${script}
      [alias]\n\tdiff = !${script}\n`;
    fs.appendFileSync(join(clone, '.git/config'), settings);
    for (const hooks of [join(clone, '.git/hooks'), join(temp(), 'hooks')]) {
      for (const hook of ['post-index-change', 'fsmonitor-watchman', 'pre-commit', 'reference-transaction']) {
        fs.mkdirSync(hooks, { recursive: true });
        fs.copyFileSync(script, join(hooks, hook));
      }
    }
    write(clone, { 'README.md': 'edited\n' });
    fs.copyFileSync(script, join(clone, 'git'));

    const patch = reading(
      clone,
      (read) => {
        expect(read.facts.changed).toEqual([{ rel: 'README.md', change: 'modified' }]);
        return read.patchOf('README.md');
      },
      { GIT_EXTERNAL_DIFF: script, GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${script}'`, GIT_PAGER: script },
    );

    expect(patch.toString()).toContain('+edited');
    expect(fs.existsSync(marker)).toBe(false);
    spawnSync('git', ['-C', clone, 'status']);
    expect(fs.existsSync(marker), 'the trap is armed: plain git falls into it').toBe(true);
  });

  it('says what is wrong where it cannot be read, and leaves nothing in the temporary folder', () => {
    const clone = makeClone(FILES);
    const config = fs.readFileSync(join(clone, '.git/config'));
    const scratchFolders = join(temp(), 'tmp');
    fs.mkdirSync(scratchFolders);
    vi.stubEnv('TMPDIR', scratchFolders);
    const reasonFor = (damage: () => void) => {
      damage();
      const read = readGit(readOnly(new RealSystem()), clone);
      fs.writeFileSync(join(clone, '.git/config'), config);
      return read;
    };

    expect(reasonFor(() => fs.writeFileSync(join(clone, '.git/config'), '[core\n'))).toEqual({
      state: 'unreadable',
      reason: expect.stringContaining('bad config'),
    });
    expect(
      reasonFor(() =>
        fs.appendFileSync(join(clone, '.git/config'), '[extensions]\n\trefStorage = reftable\n'),
      ),
    ).toEqual({
      state: 'unreadable',
      reason: expect.stringContaining('refstorage=reftable'),
    });
    expect(reasonFor(() => fs.writeFileSync(join(clone, '.git/refs/heads/main'), ''))).toMatchObject({
      state: 'unreadable',
    });
    expect(reasonFor(() => fs.rmSync(join(clone, '.git/objects'), { recursive: true }))).toEqual({
      state: 'not-a-repository',
    });
    expect(fs.readdirSync(scratchFolders)).toEqual([]);
  });

  it('says so where there is no repository or no git', () => {
    const clone = makeClone(FILES);
    fs.mkdirSync(join(temp(), 'empty'));

    expect(readGit(readOnly(new RealSystem()), join(temp(), 'empty'))).toEqual({ state: 'not-a-repository' });
    expect(readGit(readOnly(new RealSystem({ PATH: join(temp(), 'empty') })), clone)).toEqual({
      state: 'git-missing',
    });
  });
});

describe('a remote address', () => {
  it.each([
    ['https://user:token@github.com/a/b.git', 'https://github.com/a/b.git'],
    ['https://ghp_token@github.com/a/b?access_token=x', 'https://github.com/a/b'],
    ['ssh://git:word@github.com/a/b', 'ssh://git@github.com/a/b'],
    ['git@github.com:a/b.git', 'git@github.com:a/b.git'],
    ['/srv/git/a.git', '/srv/git/a.git'],
  ])('%s is shown as %s', (url, shown) => {
    expect(withoutCredentials(url)).toBe(shown);
  });

  it('never shows a password', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._%:@-]{1,20}$/);
    fc.assert(
      fc.property(part, (word) => {
        expect(withoutCredentials(`https://user:${word}SECRET@host.example/path`)).toBe(
          'https://host.example/path',
        );
      }),
    );
  });
});

describe('a quoted path', () => {
  it('is what git itself prints', () => {
    const bytes = fc
      .uint8Array({ minLength: 1, maxLength: 12 })
      .map((list) => list.map((byte) => (byte === 0 || byte === 0x2f ? 1 : byte)));
    const names = fc
      .sample(bytes, { numRuns: 200, seed: 7 })
      .map((list) => Buffer.concat([Buffer.from('"'), list]));
    const clone = makeClone({ 'some.txt': 'text\n' });
    const id = git(clone, 'rev-parse', 'HEAD:some.txt');
    const input = Buffer.concat(
      names.flatMap((name) => [Buffer.from(`100644 ${id} 0\t`), name, Buffer.of(0)]),
    );
    execFileSync('git', ['-C', clone, 'update-index', '-z', '--index-info'], { input });

    const shown = new Set(git(clone, 'ls-files').split('\n'));

    expect(names.map((name) => quoteBytes(name)).filter((quoted) => !shown.has(quoted))).toEqual([]);
  });
});

function contents(folder: string): string[] {
  return describeTree(folder)
    .map((line) => line.replace(/ \d+ (\S*)$/, ' $1'))
    .filter((line) => !/ folder /.test(line));
}
