import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on a file system that keeps `user.*` attributes; a temporary directory need not be on one. */
export function folderWithAttributes(): string {
  const places = [tmpdir(), '/var/tmp', '/dev/shm', join(import.meta.dirname, '..', '..')];
  const found = places.find((place) => {
    try {
      const probe = fs.mkdtempSync(join(place, 'awm-probe-'));
      const { status } = spawnSync('setfattr', ['-n', 'user.probe', '-v', '1', probe]);
      fs.rmdirSync(probe);
      return status === 0;
    } catch {
      return false;
    }
  });
  if (found === undefined)
    throw new Error(`no file system with extended attributes at any of ${places.join(', ')}`);
  return found;
}

/** `value` may be text or, beginning with 0x, hex. */
export function giveAttribute(path: string, name: string, value: string): void {
  expectDone('setfattr', ['-h', '-n', name, '-v', value, '--', path]);
}

export function giveAcl(path: string, ...args: readonly string[]): void {
  expectDone('setfacl', [...args, '--', path]);
}

/** Everything that getfattr tells of a tree, without the folder that it is in. */
export function attributesOf(folder: string): string {
  const args = ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', '--', folder];
  const { stdout } = spawnSync('getfattr', args, { encoding: 'latin1' });
  return stdout.replaceAll(`# file: ${folder}`, '# file: ').split('\n\n').sort().join('\n\n');
}

function expectDone(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
