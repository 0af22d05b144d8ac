import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

/** What is wrong, how it is brought about, and what the person is told. */
const CASES: readonly {
  readonly wrong: string;
  readonly make: (home: string) => void;
  readonly args: readonly string[];
  readonly exit: number;
  readonly code: string;
  readonly says: RegExp;
}[] = [
  {
    wrong: 'there is no such source',
    make: () => {},
    args: ['nowhere'],
    exit: 2,
    code: 'SOURCE_NOT_FOUND',
    says: /nowhere/,
  },
  {
    wrong: 'the source is a file',
    make: (home) => writeFileSync(join(home, 'clone'), ''),
    args: ['clone'],
    exit: 1,
    code: 'NOT_AN_INSTALLATION',
    says: /not a folder/,
  },
  {
    wrong: 'the source is any folder',
    make: (home) => mkdirSync(join(home, 'clone')),
    args: ['clone'],
    exit: 1,
    code: 'NOT_AN_INSTALLATION',
    says: /orchestrator\.yaml/,
  },
  {
    wrong: 'no source is given and none is there',
    make: () => {},
    args: [],
    exit: 1,
    code: 'NO_INSTALLATION',
    says: /FOLDER/,
  },
  {
    wrong: 'no source is given and two are there',
    make: (home) => {
      makeClone(join(home, 'one'));
      makeClone(join(home, 'two'));
    },
    args: [],
    exit: 3,
    code: 'SEVERAL_INSTALLATIONS',
    says: /~\/one, ~\/two/,
  },
  {
    wrong: 'a settings file is broken',
    make: (home) => makeClone(join(home, 'clone'), 'orchestrator:\n  log_level: "INFO\n'),
    args: ['clone'],
    exit: 3,
    code: 'SETTINGS_UNREADABLE',
    says: /1, the first is orchestrator\.yaml\. Mend/,
  },
  {
    wrong: 'a value is out of range',
    make: (home) => makeClone(join(home, 'clone'), 'orchestrator:\n  max_projects: 500\n'),
    args: ['clone'],
    exit: 3,
    code: 'DECISIONS_OPEN',
    says: /--answers/,
  },
  {
    wrong: 'the target is somebody else’s folder',
    make: (home) => {
      makeClone(join(home, 'clone'));
      mkdirSync(join(home, '.agent-workflow'));
      writeFileSync(join(home, '.agent-workflow', 'holiday.jpg'), 'x');
    },
    args: ['clone'],
    exit: 1,
    code: 'TARGET_NOT_OURS',
    says: /holiday\.jpg/,
  },
  {
    wrong: 'the target’s config.yaml is damaged',
    make: (home) => {
      makeClone(join(home, 'clone'));
      mkdirSync(join(home, '.agent-workflow'));
      writeFileSync(join(home, '.agent-workflow', 'config.yaml'), 'global:\n  log_level: [INFO\n');
    },
    args: ['clone'],
    exit: 1,
    code: 'TARGET_DAMAGED',
    says: /config\.yaml/,
  },
  {
    wrong: 'the target’s store does not open with its key',
    make: (home) => {
      makeClone(join(home, 'clone'));
      mkdirSync(join(home, '.agent-workflow'));
      writeFileSync(join(home, '.agent-workflow', 'config.yaml'), 'version: "1.0"\n');
      writeFileSync(join(home, '.agent-workflow', 'credentials.key'), `${'A'.repeat(43)}=`);
      const entry = { encrypted_value: 'gAAAAABnot-a-token', type: 'token' };
      writeFileSync(
        join(home, '.agent-workflow', 'credentials.enc'),
        JSON.stringify({ credentials: { a: entry } }),
      );
    },
    args: ['clone'],
    exit: 1,
    code: 'TARGET_DAMAGED',
    says: /credentials\.enc/,
  },
  {
    wrong: 'the target lies inside the source',
    make: (home) => makeClone(join(home, 'clone')),
    args: ['clone', '--target', 'clone/new'],
    exit: 1,
    code: 'TARGET_INSIDE_SOURCE',
    says: /--target/,
  },
  {
    wrong: 'backups would lie inside the source',
    make: (home) => makeClone(join(home, 'clone')),
    args: ['clone', '--backup-dir', 'clone/backups'],
    exit: 1,
    code: 'BACKUP_PLACE',
    says: /--backup-dir/,
  },
  {
    wrong: 'an answer names no decision',
    make: (home) => {
      makeClone(join(home, 'clone'));
      writeFileSync(join(home, 'answers.yaml'), 'value:global.colour: red\n');
    },
    args: ['clone', '--answers', 'answers.yaml'],
    exit: 2,
    code: 'ANSWERS_INVALID',
    says: /value:global\.colour/,
  },
  {
    wrong: 'the agent’s own configuration has an unknown key',
    make: (home) => {
      makeClone(join(home, 'clone'));
      mkdirSync(join(home, '.local/state/migration-agent'), { recursive: true });
      writeFileSync(join(home, '.local/state/migration-agent/config.yml'), 'backup_dri: /tmp\n');
    },
    args: ['clone'],
    exit: 2,
    code: 'CONFIG_INVALID',
    says: /backup_dri/,
  },
];

function makeClone(folder: string, settings = 'orchestrator:\n  default_mode: blocking\n'): void {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'orchestrator.yaml'), settings);
}

describe('bad input to migrate-from-git', () => {
  const home = useTempFolder();

  it.each(CASES)(
    'has its own code, says what to do and changes nothing: $wrong',
    ({ make, args, exit, code, says }) => {
      make(home());
      const before = describeTree(home());
      const answer = askAgent(home(), ['migrate-from-git', ...args, '--automated', '--yes']);
      expect(answer).toMatchObject({ ok: false, exit, error: { name: code } });
      expect(`${answer.error?.message} ${answer.error?.hint} ${answer.error?.file}`).toMatch(says);
      expect(describeTree(home())).toEqual(before);
    },
  );

  it('names file and line of a broken settings file', () => {
    makeClone(join(home(), 'clone'), 'orchestrator:\n  log_level: "INFO\n');
    const answer = askAgent(home(), ['migrate-from-git', 'clone', '--automated', '--yes']);
    expect(answer.error).toMatchObject({ file: 'orchestrator.yaml', line: expect.any(Number) });
  });

  it('asks for a mode where none is given, and for a yes where nobody can be asked', () => {
    makeClone(join(home(), 'clone'));
    expect(askAgent(home(), ['migrate-from-git', 'clone'])).toMatchObject({
      exit: 2,
      error: { name: 'MODE_NEEDED' },
    });
    const unasked = askAgent(home(), ['migrate-from-git', 'clone', '--automated']);
    expect(unasked).toMatchObject({ exit: 2, error: { name: 'CONFIRMATION_NEEDED' } });
  });
});

describe('bad input to the other verbs', () => {
  const home = useTempFolder();

  it.each([
    { args: ['restore-migration-backup'], exit: 1, name: 'NOTHING_TO_ROLL_BACK' },
    { args: ['restore-migration-backup', 'no-such-backup'], exit: 1, name: 'BACKUP_NOT_FOUND' },
    { args: ['restore-migration-backup', '--type', 'selective'], exit: 2, name: 'ROLLBACK_SELECTION' },
    { args: ['restore-migration-backup', '--type', 'half'], exit: 2, name: 'ROLLBACK_SELECTION' },
    { args: ['restore-migration-backup', '--only', 'agents'], exit: 2, name: 'ROLLBACK_SELECTION' },
    { args: ['backups', 'verify'], exit: 1, name: 'NOTHING_TO_ROLL_BACK' },
    { args: ['backups', 'burn'], exit: 2, name: 'USAGE' },
    { args: ['migrate-resume'], exit: 1, name: 'NO_ISSUE_FOUND' },
    { args: ['migrate-resume', 'run-0'], exit: 1, name: 'RUN_NOT_FOUND' },
    { args: ['migrate-status', '../../etc'], exit: 1, name: 'RUN_NOT_FOUND' },
    { args: ['recover'], exit: 1, name: 'NO_ISSUE_FOUND' },
    { args: ['recover', '--issue', 'config_corruption'], exit: 1, name: 'NO_ISSUE_FOUND' },
    { args: ['recover', '--issue', 'bad_weather'], exit: 1, name: 'ISSUE_NOT_SUPPORTED' },
    { args: ['exec', '--', 'true'], exit: 1, name: 'NO_CREDENTIALS' },
    { args: ['exec'], exit: 2, name: 'USAGE' },
    { args: ['status', 'extra'], exit: 2, name: 'USAGE' },
    { args: ['status', '--colour'], exit: 2, name: 'USAGE' },
  ])('is answered with $name: $args', ({ args, exit, name }) => {
    const before = describeTree(home());
    const [verb = '', ...rest] = args;
    const answer = askAgent(home(), verb === 'exec' ? ['exec', '--json', ...rest] : args);
    expect(answer).toMatchObject({
      ok: false,
      exit,
      error: { name, code: expect.stringMatching(/^AWM-\d{4}$/) },
    });
    expect(answer.error?.hint).not.toBe('');
    expect(describeTree(home())).toEqual(before);
  });
});
