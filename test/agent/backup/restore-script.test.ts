import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadOrCreateIdentity } from '../../../src/agent/backup/identity.ts';
import { quote } from '../../../src/agent/backup/restore-script.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { hostileTree, picture, removeAll, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

/** Runs restore.sh with dash, from another folder than the backup's. */
function run(backup: string, args: string[] = [], options: { input?: string; env?: object } = {}) {
  const env = { PATH: process.env['PATH'], HOME: shop.system.home, ...options.env };
  const cwd = shop.path;
  const { status, stdout, stderr } = spawnSync('dash', [join(backup, 'restore.sh'), ...args], {
    env,
    cwd,
    input: options.input ?? '',
  });
  return { status, output: stdout.toString() + stderr.toString() };
}

const aside = () => fs.readdirSync(shop.path).filter((name) => name.startsWith('tree.replaced-'));
const litter = () => fs.readdirSync(shop.path).filter((name) => /restoring|unpacking/.test(name));

test('restore.sh puts a hostile tree back as it was, secrets included, and moves the present one aside', async () => {
  hostileTree(shop);
  const token = 'canary-canary';
  fs.writeFileSync(join(shop.tree, 'custom-file'), token);
  const before = picture(shop.tree, 'seconds');
  const { path } = await shop.backup({ knownSecrets: [new Secret('A', token)] });
  fs.writeFileSync(join(shop.tree, 'config/config.yaml'), 'newer');
  fs.writeFileSync(join(shop.tree, 'added'), 'later');
  const result = run(path, ['--yes']);
  expect(result.output).toContain('Done.');
  expect(result.status).toBe(0);
  expect(picture(shop.tree, 'seconds')).toEqual(before);
  expect(aside()).toHaveLength(1);
  expect(fs.readFileSync(join(shop.path, aside()[0]!, 'added'), 'utf8')).toBe('later');
  expect(litter()).toEqual([]);
});

test('restore.sh asks first, and changes nothing unless the answer is yes', async () => {
  shop.file('config/a', 'a');
  const { path } = await shop.backup();
  const before = picture(shop.tree);
  const no = run(path, [], { input: 'n\n' });
  const nobody = run(path);
  expect([no.status, nobody.status]).toEqual([1, 1]);
  expect(no.output).toContain('Go on? [y/N]');
  expect(no.output).toContain('Nothing was changed.');
  expect(picture(shop.tree)).toEqual(before);
  expect(run(path, [], { input: 'y\n' }).status).toBe(0);
  expect(picture(shop.tree, 'seconds')).toHaveLength(before.length);
});

test('Where there was no configuration home, restore.sh moves the present one aside and leaves nothing', async () => {
  const { path } = await shop.backup({
    roots: [{ id: 'target', path: shop.tree, present: false }],
    items: [],
  });
  shop.file('made-by-the-run', 'x');
  expect(run(path, ['--yes']).status).toBe(0);
  expect(fs.existsSync(shop.tree)).toBe(false);
  expect(fs.existsSync(join(shop.path, aside()[0]!, 'made-by-the-run'))).toBe(true);
  const again = run(path, ['--yes']);
  expect([again.status, again.output]).toEqual([0, expect.stringContaining('Nothing to do')]);
});

test('restore.sh makes the configuration home again where it is gone, with its parents', async () => {
  hostileTree(shop);
  const before = picture(shop.tree, 'seconds');
  const { path } = await shop.backup();
  removeAll(shop.tree);
  expect(run(path, ['--yes']).status).toBe(0);
  expect(picture(shop.tree, 'seconds')).toEqual(before);
  expect(aside()).toEqual([]);
});

test('restore.sh --extract unpacks every root elsewhere and touches nothing else', async () => {
  hostileTree(shop);
  const project = join(shop.path, 'project');
  fs.mkdirSync(project);
  fs.writeFileSync(join(project, 'p.env'), 'project secret');
  const request = shop.request();
  const { path } = await shop.backup({
    roots: [...request.roots, { id: 'project-1', path: project, present: true }],
    items: [...request.items, { root: 'project-1', rel: 'p.env', category: 'state', secret: true }],
  });
  const before = picture(shop.tree);
  const wanted = picture(shop.tree, 'seconds');
  fs.mkdirSync(join(shop.path, 'some where'));
  const result = run(path, ['--extract', 'some where/']);
  expect(result.output).toContain('Unpacked below');
  expect(picture(join(shop.path, 'some where/target'), 'seconds')).toEqual(wanted);
  expect(fs.readFileSync(join(shop.path, 'some where/project-1/p.env'), 'utf8')).toBe('project secret');
  expect(fs.readdirSync(join(shop.path, 'some where')).sort()).toEqual(['project-1', 'target']);
  expect(picture(shop.tree)).toEqual(before);
  expect(run(path, ['--extract', 'some where']).output).toContain('is not an empty folder');
  expect(litter()).toEqual([]);
});

test('A damaged, cut or missing part, a wrong or missing identity: each is said, and nothing is changed', async () => {
  shop.file('config/.env', 'T=canary');
  shop.file('config/a', 'a');
  const { path } = await shop.backup();
  const other = await loadOrCreateIdentity(shop.system, join(shop.path, 'other'));
  const before = picture(shop.tree);
  const attempts: [string, () => void, string[], string][] = [
    ['wrong key', () => undefined, ['--identity', other.path], 'unpacking failed'],
    ['no key', () => undefined, ['--identity', 'nowhere.txt'], 'identity file is not at'],
    ['damage', () => fs.appendFileSync(join(path, 'config-1.tar'), 'x'), [], 'config-1.tar'],
    ['cut', () => fs.truncateSync(join(path, 'credentials.age'), 300), [], 'credentials.age'],
    ['missing', () => fs.rmSync(join(path, 'config-1.tar')), [], 'config-1.tar'],
    ['no sums', () => fs.rmSync(join(path, 'SHA256SUMS')), [], 'SHA256SUMS is missing'],
  ];
  for (const [name, act, args, words] of attempts) {
    act();
    const result = run(path, ['--yes', ...args]);
    expect(result.status, name).toBe(1);
    expect(result.output, name).toContain(words);
    expect(picture(shop.tree), name).toEqual(before);
    expect([...aside(), ...litter()], name).toEqual([]);
  }
});

test('Without the age tool the script says so before it changes anything; without secrets it needs none', async () => {
  const tools = join(shop.path, 'bin');
  fs.mkdirSync(tools);
  for (const name of ['tar', 'sha256sum', 'mv', 'mkdir', 'rm', 'rmdir', 'date'])
    fs.symlinkSync(
      spawnSync('sh', ['-c', `command -v ${name}`])
        .stdout.toString()
        .trim(),
      join(tools, name),
    );
  const env = { PATH: tools };
  const dash = spawnSync('sh', ['-c', 'command -v dash']).stdout.toString().trim();
  fs.symlinkSync(dash, join(tools, 'dash'));
  shop.file('config/a', 'a');
  const plain = await shop.backup();
  expect(run(plain.path, ['--yes'], { env }).output).toContain('Done.');
  shop.file('config/.env', 'T=1');
  const sealed = await shop.backup();
  expect(run(sealed.path, ['--yes'], { env })).toMatchObject({
    status: 1,
    output: expect.stringContaining('age is not installed'),
  });
});

test('Paths with spaces, quotes, dollars and newlines are restored to exactly there', async () => {
  const odd = join(shop.path, `it's "odd" $(touch pwned) \`x\`\nsecond line`);
  fs.mkdirSync(odd);
  fs.writeFileSync(join(odd, 'a'), 'a');
  const items = [{ root: 'target', rel: 'a', category: 'config' as const, secret: true }];
  const parent = join(shop.path, "back'ups \n here");
  const { path } = await shop.backup({ roots: [{ id: 'target', path: odd, present: true }], items, parent });
  fs.rmSync(odd, { recursive: true });
  const result = run(path, ['--yes']);
  expect(result.output).toContain('Done.');
  expect(fs.readFileSync(join(odd, 'a'), 'utf8')).toBe('a');
  expect(fs.existsSync(join(shop.path, 'pwned'))).toBe(false);
});

test('Wrong usage exits 2 and help exits 0', async () => {
  const { path } = await shop.backup();
  expect(run(path, ['--nonsense']).status).toBe(2);
  expect(run(path, ['--extract']).status).toBe(2);
  expect(run(path, ['--help']).status).toBe(0);
});

test('The identity path follows HOME where it lies inside it', async () => {
  shop.file('config/.env', 'T=1');
  const { path } = await shop.backup();
  const moved = join(shop.path, 'another home');
  fs.renameSync(shop.system.home, moved);
  expect(run(path, ['--yes']).status).toBe(1);
  expect(run(path, ['--yes'], { env: { HOME: moved } }).output).toContain('Done.');
});

test('A quoted text is one word with exactly these characters for the shell', () => {
  for (const text of ['', 'a b', "it's", '"$HOME" `x` \\', 'line\nline\n', "''"]) {
    const out = spawnSync('dash', ['-c', `printf %s ${quote(text)}`]).stdout.toString();
    expect(out).toBe(text);
  }
});
