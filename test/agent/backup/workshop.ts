import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackupResult, createBackup } from '../../../src/agent/backup/create.ts';
import type { Category } from '../../../src/agent/backup/format.ts';
import { type BackupIdentity, loadOrCreateIdentity } from '../../../src/agent/backup/identity.ts';
import type { BackupRequest } from '../../../src/agent/backup/request.ts';
import { walk } from '../../../src/agent/backup/walk.ts';
import { bytesOf, joinPath } from '../../../src/agent/paths.ts';
import { RealSystem } from '../../../src/agent/real-system.ts';
import type { PathLike, System } from '../../../src/agent/system.ts';

export type Overrides = { [K in keyof System]?: System[K] };

/** A temporary folder with a tree to back up and a place for backups. */
export class Workshop {
  readonly path: string;
  readonly tree: string;
  readonly parent: string;
  readonly system: System;

  constructor(below = tmpdir()) {
    this.path = fs.realpathSync(fs.mkdtempSync(join(below, 'awm-backup-')));
    this.tree = join(this.path, 'tree');
    this.parent = join(this.path, 'backups');
    this.system = new RealSystem({ ...process.env, HOME: join(this.path, 'home') });
    fs.mkdirSync(this.tree);
  }

  remove(): void {
    removeAll(this.path);
  }

  file(rel: PathLike, content: string | Uint8Array, mode = 0o644): PathLike {
    const path = joinPath(this.tree, rel);
    const bytes = bytesOf(path);
    fs.mkdirSync(bytes.subarray(0, bytes.lastIndexOf(0x2f)), { recursive: true });
    fs.writeFileSync(path, content);
    fs.chmodSync(path, mode);
    fs.utimesSync(path, 1_700_000_000.123456, 1_700_000_000.123456);
    return path;
  }

  identity(): Promise<BackupIdentity> {
    return loadOrCreateIdentity(this.system, join(this.path, 'home', 'agent'));
  }

  /** A backup request for the whole tree as root `target`; the first name of a path gives the category. */
  request(changes: Partial<BackupRequest> = {}): BackupRequest {
    const { entries } = walk(this.system, this.tree);
    const items = entries.map(({ rel, stat }) => {
      const top = bytesOf(rel).toString('latin1').split('/')[0] ?? '';
      const category = (['config', 'projects', 'state', 'logs'].includes(top) ? top : 'custom') as Category;
      return { root: 'target', rel, category, secret: String(rel).endsWith('.env'), stat };
    });
    return {
      kind: 'manual',
      roots: [{ id: 'target', path: this.tree, present: true }],
      items,
      knownSecrets: [],
      parent: this.parent,
      allowUnreadable: false,
      requiredFiles: [],
      ...changes,
    };
  }

  async backup(changes: Partial<BackupRequest> = {}, overrides: Overrides = {}): Promise<BackupResult> {
    return createBackup(this.with(overrides), this.request(changes), await this.identity());
  }

  /** The real system with some methods replaced. */
  with(overrides: Overrides): System {
    const { system } = this;
    return new Proxy(system, {
      get(target, name) {
        const own = overrides[name as keyof System];
        if (own !== undefined) return own;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** The bytes of every file of a backup but `credentials.age`. */
  plainBytes(backup: string): Buffer {
    const names = fs.readdirSync(backup).filter((name) => name !== 'credentials.age');
    return Buffer.concat(names.map((name) => fs.readFileSync(join(backup, name))));
  }
}

/** Removes a tree, also one with read-only folders, which only root could remove as they are. */
export function removeAll(path: string): void {
  for (const entry of fs.readdirSync(path, { recursive: true, withFileTypes: true, encoding: 'utf8' }))
    if (entry.isDirectory()) fs.chmodSync(join(entry.parentPath, entry.name), 0o700);
  fs.rmSync(path, { recursive: true, force: true });
}

/** An operating-system error as Node throws it. */
export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

/** What a tree is: one line for each entry with type, mode, mtime, content or target, in a fixed order. */
export function picture(root: string, mtime: 'seconds' | 'microseconds' = 'microseconds'): string[] {
  const lines: string[] = [];
  const visit = (path: Buffer, rel: string) => {
    const stat = fs.lstatSync(path, { bigint: true });
    const time = mtime === 'seconds' ? stat.mtimeNs / 1_000_000_000n : stat.mtimeNs / 1000n;
    const head = `${rel} ${stat.isSymbolicLink() ? 'link' : (stat.mode & 0o177777n).toString(8)}`;
    if (stat.isSymbolicLink()) lines.push(`${head} -> ${fs.readlinkSync(path, 'latin1')} ${time}`);
    else if (stat.isFile())
      lines.push(
        `${head} ${time} ${fs.readFileSync(path).toString('base64').slice(0, 2000)} ${stat.size} n${stat.nlink}`,
      );
    else if (stat.isDirectory()) {
      lines.push(`${head} ${time}`);
      const names = fs.readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare);
      for (const name of names)
        visit(Buffer.concat([path, Buffer.from('/'), name]), `${rel}/${name.toString('latin1')}`);
    }
  };
  visit(Buffer.from(root), '');
  return lines;
}

/** A tree with everything that a backup has to keep. */
export function hostileTree(shop: Workshop): void {
  shop.file('config/config.yaml', 'version: "1.0"\n', 0o600);
  shop.file('config/.env', 'DISCORD_BOT_TOKEN=canary-token-in-env-file\n', 0o600);
  shop.file('projects/with space/and\nnewline.md', 'x\n');
  shop.file('projects/Ünïcode/日本語.txt', 'y\n');
  shop.file('projects/quo\'te"$(touch x)`.txt', 'q\n');
  shop.file(Buffer.from([...Buffer.from('projects/latin1-'), 0xe9, 0xff]), 'z\n');
  shop.file(Buffer.from([...Buffer.from(`projects/${'d'.repeat(120)}/${'n'.repeat(200)}`), 0xfe]), 'long\n');
  shop.file(`projects/${'n'.repeat(255)}`, 'long name\n');
  shop.file(`projects/${'deep/'.repeat(80)}end`, 'deep\n');
  shop.file('state/status.json', '{"current_state":"idle"}');
  shop.file('state/empty.json', '{}');
  shop.file('logs/a.log', 'line\n'.repeat(300_000));
  shop.file('logs/empty.log', '');
  shop.file('read-only/file', 'ro\n', 0o444);
  shop.file('run.sh', '#!/bin/sh\n', 0o755);
  const big = Buffer.alloc(3 << 20, 'abcdefgh');
  shop.file('big.bin', big);
  const at = (rel: string) => join(shop.tree, rel);
  fs.linkSync(at('run.sh'), at('zz-second-name.sh'));
  fs.linkSync(at('logs/a.log'), at('projects/log-by-another-name'));
  fs.symlinkSync('nowhere/at all', at('dangling'));
  fs.symlinkSync('loop-b', at('loop-a'));
  fs.symlinkSync('loop-a', at('loop-b'));
  fs.symlinkSync(`/${'x'.repeat(300)}`, at('long-link'));
  fs.symlinkSync(Buffer.from([0xff, 0x2f, 0xfe]), at('odd-link'));
  fs.lutimesSync(at('dangling'), 1_600_000_000, 1_600_000_000);
  const sparse = fs.openSync(at('sparse.bin'), 'w');
  fs.writeSync(sparse, 'head', 0);
  fs.writeSync(sparse, 'tail', 5_000_000);
  fs.closeSync(sparse);
  fs.mkdirSync(at('empty-folder'), { mode: 0o750 });
  fs.mkdirSync(at('projects/empty-below/and below'), { recursive: true });
  fs.chmodSync(at('read-only'), 0o555);
  for (const folder of [
    'empty-folder',
    'projects/empty-below/and below',
    'projects/empty-below',
    'read-only',
    'projects',
    'logs',
    '',
  ]) {
    fs.utimesSync(at(folder), 1_650_000_000.654321, 1_650_000_000.654321);
  }
}
