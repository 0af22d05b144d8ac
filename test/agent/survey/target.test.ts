import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readTarget, targetPath } from '../../../src/agent/survey/target.ts';
import { fernetKey, fernetToken } from '../../fixtures/fernet-token.ts';
import { put } from '../../fixtures/write-files.ts';
import { treeDigest } from '../../helpers/digest.ts';
import { ForbiddingSystem } from '../../helpers/machines.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

beforeEach(() => put(temp(), 'clone/orchestrator.yaml', ''));

describe('the place of the configuration home', () => {
  it('is what was given, else the variable, else below the home folder', () => {
    expect(targetPath(systemAt('/home/m'), '/given')).toBe('/given');
    expect(targetPath(systemAt('/home/m', { AGENT_WORKFLOW_CONFIG_DIR: '/env' }), undefined)).toBe('/env');
    expect(targetPath(systemAt('/home/m', { AGENT_WORKFLOW_CONFIG_DIR: '' }), undefined)).toBe(
      '/home/m/.agent-workflow',
    );
  });
});

describe('a configuration home', () => {
  it('may be missing or empty', () => {
    expect(read()).toMatchObject({ path: join(temp(), 'target'), present: false });
    mkdirSync(join(temp(), 'target'));
    expect(read()).toMatchObject({ present: true, entries: [], config: undefined, vault: undefined });
  });

  it('is read with its settings, projects and secrets', () => {
    const key = fernetKey('target');
    put(temp(), 'target/config.yaml', 'global: {log_level: DEBUG}\n');
    put(temp(), 'target/projects/registry.yaml', 'projects: {}\n');
    put(temp(), 'target/credentials.key', key);
    put(temp(), 'target/credentials.enc', storeWith(fernetToken(key, 'hunter2')));

    const target = read();

    expect(target.config?.text).toBe('global: {log_level: DEBUG}\n');
    expect(target.vault?.get('a_token')?.reveal().toString()).toBe('hunter2');
  });

  it.each([
    ['holds other things', { 'target/photo.jpg': 'x' }, 'it holds photo.jpg'],
    ['is a file', { target: 'x' }, 'it is not a folder'],
  ])('that %s is not ours', (_, files, reason) => {
    for (const [path, content] of Object.entries(files)) put(temp(), path, content as string);

    refuses('TARGET_NOT_OURS', expect.stringContaining(reason));
  });

  it('that is a link to nothing is not ours', () => {
    symlinkSync('nowhere', join(temp(), 'target'));

    refuses('TARGET_NOT_OURS', expect.stringContaining('leads nowhere'));
  });

  it.each([
    ['config.yaml', 'a: 1\nb: "open\n', 2],
    ['config.yaml', '- a list\n', 1],
    ['projects/registry.yaml', 'projects:\n\t- tab\n', 2],
  ])('whose %s is %j is damaged, with the line', (rel, content, line) => {
    put(temp(), 'target/config.yaml', 'a: 1\n');
    put(temp(), `target/${rel}`, content);

    refuses('TARGET_DAMAGED', expect.stringContaining(rel), { file: join(temp(), 'target', rel), line });
  });

  it.each([
    ['no key', undefined, storeWith('gAAAAA')],
    ['a wrong key', fernetKey('wrong'), storeWith(fernetToken(fernetKey('right'), 'hunter2'))],
    ['no JSON', fernetKey('x'), 'not json'],
  ])('whose secrets have %s is damaged', (_, key, enc) => {
    if (key !== undefined) put(temp(), 'target/credentials.key', key);
    put(temp(), 'target/credentials.enc', enc);

    refuses('TARGET_DAMAGED', expect.stringContaining('credentials'), {
      file: join(temp(), 'target/credentials.enc'),
    });
  });

  it('one of whose files is a link or a folder is damaged, since a rename would replace it', () => {
    put(temp(), 'dotfiles/config.yaml', 'a: 1\n');
    mkdirSync(join(temp(), 'target'));
    symlinkSync('../dotfiles/config.yaml', join(temp(), 'target/config.yaml'));

    refuses('TARGET_DAMAGED', expect.stringContaining('it is a link, not a file'));
  });

  it.each(['projects', 'logs', 'templates', 'agents', 'custom', 'global', 'migration'])(
    'whose %s is a link to a folder is refused, since the link would be replaced',
    (name) => {
      put(temp(), 'target/config.yaml', 'a: 1\n');
      put(temp(), 'elsewhere/registry.yaml', 'projects: {}\n');
      symlinkSync('../elsewhere', join(temp(), 'target', name));

      refuses('TARGET_DAMAGED', expect.stringContaining('does not write through links'), {
        file: join(temp(), 'target', name),
      });
    },
  );

  it('whose folder is a file is refused', () => {
    put(temp(), 'target/config.yaml', 'a: 1\n');
    put(temp(), 'target/custom', 'mine\n');

    refuses('TARGET_DAMAGED', expect.stringContaining('it is a file, not a folder'));
  });

  it.each(['/target', '/projects', '/logs', '/migration', '/config.yaml'])(
    'whose %s may not be read says so',
    (name) => {
      put(temp(), 'target/config.yaml', 'a: 1\n');
      put(temp(), 'target/projects/registry.yaml', 'projects: {}\n');
      for (const folder of ['logs', 'migration']) mkdirSync(join(temp(), 'target', folder));
      const system = new ForbiddingSystem({ HOME: temp() }, (path) => path.endsWith(name));

      expect(() => readTarget(system, join(temp(), 'target'), join(temp(), 'clone'))).toThrow(
        expect.objectContaining({ code: 'NO_PERMISSION' }),
      );
    },
  );

  it('inside the installation is refused, also behind a link and where it is not there yet', () => {
    symlinkSync('clone', join(temp(), 'link'));

    for (const path of ['clone', 'clone/home', 'link/home', 'link/deep/home']) {
      expect(() => readTarget(systemAt(temp()), join(temp(), path), join(temp(), 'clone'))).toThrow(
        expect.objectContaining({ code: 'TARGET_INSIDE_SOURCE' }),
      );
    }
  });

  it('that holds the installation is refused', () => {
    expect(() => readTarget(systemAt(temp()), temp(), join(temp(), 'clone'))).toThrow(
      expect.objectContaining({ code: 'TARGET_NOT_OURS' }),
    );
  });

  it.each([
    ['too long', 'x'.repeat(5000)],
    ['with a zero byte', 'a\0b'],
    ['below a file', 'clone/orchestrator.yaml/home'],
  ])('of a path that is %s is refused in words', (_, path) => {
    expect(() => readTarget(systemAt(temp()), join(temp(), path), '/elsewhere')).toThrow(
      expect.objectContaining({ name: 'AppError' }),
    );
  });
});

function storeWith(token: string): string {
  const credentials = { a_token: { encrypted_value: token } };
  return JSON.stringify({ version: '1.0', algorithm: 'Fernet', credentials });
}

function read() {
  return readTarget(systemAt(temp()), join(temp(), 'target'), join(temp(), 'clone'));
}

/** The code with its message, and nothing changed. */
function refuses(code: string, message: unknown, place: object = {}): void {
  const before = treeDigest(temp());
  expect(read).toThrow(expect.objectContaining({ code, message, ...place }));
  expect(treeDigest(temp())).toBe(before);
}
