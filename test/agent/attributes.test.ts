import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  attributesKey,
  dumpOf,
  parseDump,
  readAttributes,
  sameAttributes,
  setAttributes,
} from '../../src/agent/attributes.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import {
  attributesOf,
  folderWithAttributes,
  giveAcl,
  giveAttribute,
} from '../helpers/extended-attributes.ts';
import { withOverrides } from '../helpers/faulty-system.ts';

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(join(folderWithAttributes(), 'awm-attributes-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const system = new RealSystem();
const NOBODY = 65_534;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const put = (name: string | Buffer) => {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
  fs.writeFileSync(path, 'x');
  return path;
};

describe('a dump of attributes', () => {
  it('says of any path and any values what was written', () => {
    const path = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((bytes) => Buffer.from(bytes).map((one) => one || 1));
    const value = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
    const name = fc
      .string({ minLength: 1, maxLength: 20, unit: 'binary' })
      .filter((one) => !one.includes('\0'));
    const attributes = fc.dictionary(
      name.map((one) => `user.${one}`),
      value,
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    );
    fc.assert(
      fc.property(path, attributes, (one, given) => {
        const read = parseDump(dumpOf(Buffer.from(one), given));
        expect([...read]).toEqual([[attributesKey(Buffer.from(one)), given]]);
      }),
    );
  });

  it('with anything else in it gives what can be read, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseDump(Buffer.from(text));
      }),
    );
    expect(parseDump(Buffer.from('user.a=0x61\n# file: a\nuser.b=0x6\nuser.c=0x63\n')).get('a')).toEqual({
      'user.c': base64('c'),
    });
  });
});

describe('attributes on a disk', () => {
  it('are given to what nobody may write by who is not root, too, which then is as it was', () => {
    const file = join(folder, 'file');
    const inner = join(folder, 'inner');
    fs.writeFileSync(file, 'x');
    fs.mkdirSync(inner);
    giveAttribute(file, 'user.later', 'x');
    for (const path of [file, inner]) {
      if (system.uid === 0) fs.chownSync(path, NOBODY, NOBODY);
      fs.utimesSync(path, 1_650_000_000, 1_650_000_000);
    }
    fs.chmodSync(folder, 0o755);
    fs.chmodSync(file, 0o444);
    fs.chmodSync(inner, 0o555);
    const wanted = { 'user.note': base64('n') };
    const modules = ['attributes.ts', 'real-system.ts'].map(
      (name) => pathToFileURL(join(import.meta.dirname, '../../src/agent', name)).href,
    );
    const program = `
      const [{ setAttributes }, { RealSystem }] = await Promise.all(${JSON.stringify(modules)}.map((one) => import(one)));
      const wanted = ${JSON.stringify([file, inner])}.map((path) => [path, ${JSON.stringify(wanted)}]);
      console.log(JSON.stringify([...setAttributes(new RealSystem(), new Map(wanted))]));`;
    const asUser = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const [command = '', ...args] = [
      ...(system.uid === 0 ? asUser : []),
      ...[process.execPath, '--input-type=module', '--eval', program],
    ];
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: '/' });
    expect({ stdout, stderr }).toEqual({ stdout: '[]\n', stderr: '' });
    expect(readAttributes(system, [file, inner])).toEqual(
      new Map([file, inner].map((path) => [path, wanted])),
    );
    expect([file, inner].map((path) => fs.statSync(path).mode & 0o777)).toEqual([0o444, 0o555]);
    for (const path of [file, inner]) expect(fs.statSync(path).mtimeMs).toBe(1_650_000_000_000);
  });

  it('are read of every name, of files, folders and ACLs, and not of what a link leads to', () => {
    const odd = put(Buffer.from('new\nline = back\\slash \xff', 'latin1'));
    put('plain');
    fs.mkdirSync(join(folder, 'd'));
    giveAttribute(join(folder, 'plain'), 'user.we=i\nrd\\', '0x00ff');
    giveAcl(join(folder, 'plain'), '-m', 'u:12345:rw');
    giveAcl(join(folder, 'd'), '-d', '-m', 'u:12345:rx');
    fs.symlinkSync('plain', join(folder, 'link'));
    setAttributes(system, new Map([[odd, { 'user.odd': base64('value\n') }]]));

    const read = readAttributes(system, [
      odd,
      ...['plain', 'd', 'link', 'gone'].map((name) => join(folder, name)),
    ]);

    expect(
      [...(read ?? [])].map(([path, given]) => [path.slice(folder.length + 1), Object.keys(given)]),
    ).toEqual([
      ['new\nline = back\\slash \xff', ['user.odd']],
      ['plain', ['system.posix_acl_access', 'user.we=i\nrd\\']],
      ['d', ['system.posix_acl_default']],
    ]);
    expect(read?.get(join(folder, 'plain'))?.['user.we=i\nrd\\']).toBe(
      Buffer.from([0, 255]).toString('base64'),
    );
  });

  it('are set exactly: others go, and the time of the file stays', () => {
    const path = put('a');
    giveAttribute(`${folder}/a`, 'user.stays', 'old');
    giveAttribute(`${folder}/a`, 'user.goes', 'old');
    giveAcl(`${folder}/a`, '-m', 'u:12345:rw');
    fs.utimesSync(path, 1_700_000_000, 1_700_000_000);
    const wanted = { 'user.stays': base64('new'), 'user.comes': '' };

    expect(setAttributes(system, new Map([[path, wanted]]))).toEqual(new Map());

    expect(readAttributes(system, [path])?.get(attributesKey(path))).toEqual(wanted);
    expect(fs.statSync(path).mtimeMs).toBe(1_700_000_000_000);
  });

  it('that cannot be set are told with their path, and the others are set', () => {
    const [good, bad] = [put('good'), put('bad')];
    const failed = setAttributes(
      system,
      new Map([
        [bad, { 'user.': base64('a name that no file system takes') }],
        [good, { 'user.b': base64('b') }],
      ]),
    );
    expect([...failed]).toEqual([[attributesKey(bad), 'its extended attributes could not be set here']]);
    expect(attributesOf(folder)).toContain('user.b=0x62');
  });

  it('are unknown where the programs are missing or the system has none, and asking for them fails by name', () => {
    const path = put('a');
    const without = new RealSystem({ PATH: folder });
    const elsewhere = withOverrides(system, { platform: 'darwin' });
    expect(readAttributes(without, [path])).toBeUndefined();
    expect(readAttributes(elsewhere, [path])).toBeUndefined();
    const refused = setAttributes(without, new Map([[path, { 'user.a': '' }]]));
    expect([...refused.values()].join()).toContain('getfattr and setfattr are not installed');
    expect(setAttributes(without, new Map([[path, undefined]]))).toEqual(new Map());
  });

  it('that only root may set differ for nobody else', () => {
    const user = withOverrides(system, { uid: 1000 });
    const root = withOverrides(system, { uid: 0 });
    const capable = { 'security.capability': base64('c') };
    expect(sameAttributes(user, capable, undefined)).toBe(true);
    expect(sameAttributes(root, capable, undefined)).toBe(false);
    expect(sameAttributes(user, { ...capable, 'user.a': '' }, capable)).toBe(false);
  });
});
