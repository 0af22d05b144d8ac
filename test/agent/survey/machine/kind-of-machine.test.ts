import { expect, it } from 'vitest';
import { kindOfMachine, otherSide } from '../../../../src/agent/survey/machine/kind-of-machine.ts';
import { withOverrides } from '../../../helpers/faulty-system.ts';
import { withFiles } from '../../../helpers/machine.ts';
import { systemAt } from '../../../helpers/plan.ts';

const RELEASE = '/proc/sys/kernel/osrelease';

it('tells Linux inside of Windows by its kernel, and says how to look at the other side', () => {
  const wsl = withFiles(systemAt('/home/m'), { [RELEASE]: '5.15.153.1-microsoft-standard-WSL2\n' });
  expect(kindOfMachine(wsl)).toBe('wsl');
  expect(otherSide('wsl', '/home/m/clone')).toMatchObject([{ run: expect.stringContaining('schtasks.exe') }]);
});

it('tells a container by the file that its program puts there', () => {
  const base = withFiles(systemAt('/home/m'), { [RELEASE]: '6.1.0-generic\n' });
  const at = (marks: string[]) =>
    kindOfMachine(
      withOverrides(base, {
        stat: (path) =>
          /(dockerenv|containerenv)$/.test(String(path))
            ? marks.includes(String(path))
              ? base.stat('/')
              : undefined
            : base.stat(path),
      }),
    );
  expect(at(['/run/.containerenv'])).toBe('container');
  expect(at(['/.dockerenv'])).toBe('container');
  expect(at([])).toBe('plain');
  expect(otherSide('container', '/srv/my clone')[0]?.run).toContain("'my clone'");
  expect(otherSide('plain', '/srv/clone')).toEqual([]);
});
