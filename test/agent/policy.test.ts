import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentHome } from '../../src/agent/agent-home.ts';
import {
  DEFAULT_POLICY,
  type Policy,
  policyDigest,
  readPolicy,
  refuseByPolicy,
} from '../../src/agent/policy.ts';
import { JOB_TYPES } from '../../src/protocol/jobs.ts';
import { AppError } from '../../src/shared/errors.ts';
import { systemAt } from '../helpers/plan.ts';
import { useTempFolder } from '../helpers/temp.ts';

describe('the policy of a machine', () => {
  const folder = useTempFolder();
  const NOON = new Date(2026, 5, 1, 12, 0);

  const read = (text: string): Policy => {
    const home = new AgentHome(join(folder(), 'agent'));
    mkdirSync(home.path, { recursive: true });
    writeFileSync(join(home.path, 'policy.yml'), text, { mode: 0o600 });
    return readPolicy(systemAt(folder()), home);
  };

  it('is reading by itself and writing by a press in Discord, where there is no file', () => {
    expect(readPolicy(systemAt(folder()), new AgentHome(join(folder(), 'none')))).toEqual(DEFAULT_POLICY);
    expect(refuseByPolicy(DEFAULT_POLICY, 'assess', 'root-1', NOON)).toBeUndefined();
    expect(refuseByPolicy(DEFAULT_POLICY, 'apply', undefined, NOON)).toBeUndefined();
  });

  it.each([
    'write: auto',
    'destroy: discord',
    'read: yes please',
    'assess_only: 1',
    'roots: root-1',
    'quiet_hours: late',
    'shell: true',
  ])('is refused, naming its key, where it would widen the default or cannot be understood: %s', (line) =>
    expect(() => read(`${line}\n`)).toThrow(new RegExp(line.split(':')[0] as string)),
  );

  it('never lets more run than the default, whatever the file says', () => {
    const word = fc.constantFrom('auto', 'discord', 'terminal', 'yes', '', 'null', '[]');
    const line = fc.tuple(fc.constantFrom('read', 'write', 'destroy', 'assess_only'), word);
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: ([key]) => key }), (lines) => {
        let policy: Policy;
        try {
          policy = read(lines.map(([key, value]) => `${key}: ${value}\n`).join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          return;
        }
        for (const type of JOB_TYPES)
          if (refuseByPolicy(DEFAULT_POLICY, type, undefined, NOON) !== undefined)
            expect(refuseByPolicy(policy, type, undefined, NOON)).toBeDefined();
      }),
      { numRuns: 60 },
    );
  });

  it('lets no export leave files where nothing may be written from Discord', () => {
    const NOON = new Date(2025, 0, 1, 12);
    const refused = (text: string) => refuseByPolicy(read(text), 'export', undefined, NOON);
    expect(refused('')).toBeUndefined();
    for (const line of ['write: terminal', 'assess_only: true', 'quiet_hours: "11:00-13:00"'])
      expect(refused(`${line}\n`), line).toBe('LOCAL_DENIED');
  });

  it('writes nothing in quiet hours, over midnight too', () => {
    const policy = read('quiet_hours: "22:00-07:00"\n');
    const at = (hour: number) => refuseByPolicy(policy, 'apply', undefined, new Date(2026, 5, 1, hour));
    expect([at(23), at(3), at(12)]).toEqual(['LOCAL_DENIED', 'LOCAL_DENIED', undefined]);
    expect(refuseByPolicy(policy, 'assess', 'root-1', new Date(2026, 5, 1, 23))).toBeUndefined();
  });

  it('is not believed when others could have written it', () => {
    read('');
    chmodSync(join(folder(), 'agent'), 0o777);
    expect(() => read('assess_only: true\n')).toThrow(/somebody else could change it/);
  });

  it('has another digest when it is another policy', () => {
    expect(policyDigest(read('assess_only: true\n'))).not.toBe(policyDigest(DEFAULT_POLICY));
  });
});
