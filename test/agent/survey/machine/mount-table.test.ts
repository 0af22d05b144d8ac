import { describe, expect, it } from 'vitest';
import { isNetwork, isOfHost, MountTable } from '../../../../src/agent/survey/machine/mount-table.ts';
import { withFiles } from '../../../helpers/machine.ts';
import { systemAt } from '../../../helpers/plan.ts';

const TABLE = [
  '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
  '40 27 0:50 / /home/m/nas rw,nosuid shared:7 - nfs4 server:/export rw',
  '41 27 0:51 / /mnt/my\\040disk ro,relatime - vfat /dev/sdb1 ro',
  '42 27 0:52 / /mnt/c rw - 9p C: rw',
  '43 40 0:53 / /home/m/nas rw - fuse.sshfs other: rw',
  'damaged line',
].join('\n');

describe('the table of mounts', () => {
  const table = new MountTable(withFiles(systemAt('/home/m'), { '/proc/self/mountinfo': TABLE }));

  it('tells the mount that holds a path, the later one where two are at one place', () => {
    expect(table.of('/home/m')).toEqual({ point: '/', type: 'ext4', readOnly: false });
    expect(table.of('/home/m/nas/project')?.type).toBe('fuse.sshfs');
    expect(table.of('/home/m/nas-2')?.type).toBe('ext4');
    expect(table.of('/mnt/my disk/x')).toEqual({ point: '/mnt/my disk', type: 'vfat', readOnly: true });
  });

  it('tells other computers and the host of this one apart from disks', () => {
    const at = (path: string) => table.of(path)!;
    expect([isNetwork(at('/home/m/nas')), isOfHost(at('/home/m/nas'))]).toEqual([true, false]);
    expect([isNetwork(at('/mnt/c/x')), isOfHost(at('/mnt/c/x'))]).toEqual([false, true]);
    expect([isNetwork(at('/')), isOfHost(at('/'))]).toEqual([false, false]);
  });

  it('of this machine knows where the root is', () => {
    expect(new MountTable(systemAt('/')).of('/')?.point).toBe('/');
  });
});
