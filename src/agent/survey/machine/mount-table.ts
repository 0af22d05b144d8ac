import { isInside } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { ifReachable } from '../reachable.ts';

/** A file system as the kernel has it mounted. */
export interface Mount {
  readonly point: string;
  /** `ext4`, `nfs4`, `fuse.sshfs` … */
  readonly type: string;
  readonly readOnly: boolean;
}

/** The bytes lie on another computer. */
const NETWORK =
  /^(nfs\d?|cifs|smb\w*|afs|ceph|lustre|gpfs|ncpfs|davfs\d?|glusterfs|fuse\.(sshfs|glusterfs|rclone|davfs2?|s3fs|gcsfuse|cephfs|smbnetfs|curlftpfs)|beegfs)$/;
/** The bytes lie with the host of a virtual machine or of WSL: modes and times there are made up. */
const HOST = /^(9p|drvfs|vboxsf|fuse\.vmhgfs-fuse|vmhgfs|prl_fs|virtiofs)$/;

/** Where the kernel says what is mounted; empty where it does not (proc_pid_mountinfo(5)). */
export class MountTable {
  readonly #mounts: readonly Mount[];

  constructor(system: ReadSystem) {
    const text = ifReachable(() => system.readFile('/proc/self/mountinfo'))?.toString('utf8') ?? '';
    this.#mounts = text.split('\n').flatMap(mountIn);
  }

  /** The mount that holds an absolute path without links; undefined where nobody tells. */
  of(path: string): Mount | undefined {
    let found: Mount | undefined;
    // Of two mounts at one point the later hides the earlier.
    for (const mount of this.#mounts)
      if (isInside(path, mount.point) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
    return found;
  }
}

export function isNetwork({ type }: Mount): boolean {
  return NETWORK.test(type);
}

export function isOfHost({ type }: Mount): boolean {
  return HOST.test(type);
}

function mountIn(line: string): Mount[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , , point, options] = before.split(' ');
  const [type] = after.split(' ');
  if (point === undefined || options === undefined || type === undefined || type === '') return [];
  return [{ point: unescaped(point), type, readOnly: options.split(',').includes('ro') }];
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
