import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReadSystem } from '../../../src/agent/system.ts';
import { put } from '../../fixtures/write-files.ts';
import { makeClone, planOf, registryOf, systemAt, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('A number of projects', () => {
  it.each([1, 12, 26, 1000])(
    'of %i in all layouts is registered whole, read by Python, and found again by a second plan',
    (count) => {
      const clone = cloneWith(count);

      const plan = planOf(clone);

      const registry = registryOf(plan);
      expect(Object.keys(registry)).toHaveLength(count);
      for (const [name, entry] of Object.entries(registry)) expect(entry['name']).toBe(name);
      expect(new Set(Object.values(registry).map(({ path }) => path)).size).toBe(count);
      expect(plan.content.counts.project).toMatchObject({ total: count, inEffect: count });
      writeHome(plan);
      expect(planOf(clone).rendered).toEqual({ config: undefined, registry: undefined, base: undefined });
    },
  );

  it('of 1000 is added to a registry that has others, whose lines stay', () => {
    const clone = cloneWith(1000);
    const mine = 'version: "1.0"\nprojects:\n  p7: {name: p7, path: /mine}  # mine\n# the end\n';
    put(temp(), '.agent-workflow/projects/registry.yaml', mine);

    const plan = planOf(clone);

    const registry = registryOf(plan);
    expect(Object.keys(registry)).toHaveLength(1001);
    expect(registry).toMatchObject({ p7: { path: '/mine' }, 'p7-2': { name: 'p7-2' } });
    expect(plan.rendered.registry?.split('\n')).toEqual(expect.arrayContaining(mine.trim().split('\n')));
  });

  it('is looked at in a time that grows with it, not with its square', () => {
    const calls = [20, 40, 60].map((count) => {
      const clone = cloneWith(count);
      const target = join(temp(), `home-${count}`);
      const { system, counted } = counting();
      const first = planOf(clone, { system, target });
      const afterFirst = counted();
      writeHome(first);
      planOf(clone, { system, target });
      return [afterFirst, counted() - afterFirst];
    });

    for (const round of [0, 1]) {
      const [a = 0, b = 0, c = 0] = calls.map((one) => one[round]);
      // Folders that hold the projects' settings are read whole, however many there are.
      expect(Math.abs(c - b - (b - a))).toBeLessThan(20);
    }
  });
});

/** Thirds of the projects are in files of their own, in a map and in a list; every tenth has a name that others have. */
function cloneWith(count: number): string {
  const all = Array.from({ length: count }, (_, n) => {
    const path = join(temp(), 'work', `p${n}`);
    put(path, '.orch-state/status.json', '{"current_state": "IDLE"}');
    return { path, name: n % 10 === 9 ? 'same' : `p${n}`, n };
  });
  const single = all.filter(({ n }) => n % 3 === 0);
  const mapped = all.filter(({ n }) => n % 3 === 1);
  const listed = all.filter(({ n }) => n % 3 === 2);
  return makeClone(join(temp(), `clone-${count}`), {
    ...Object.fromEntries(
      single.map(({ n, name, path }) => [`projects/f${n}.yaml`, `name: ${name}\npath: ${path}\n`]),
    ),
    ...(mapped.length === 0
      ? {}
      : {
          'orch-config.yaml': `projects:\n${mapped.map(({ n, name, path }) => `  k${n}: {name: ${name}, path: ${path}, extra: {n: ${n}}}\n`).join('')}`,
        }),
    ...(listed.length === 0
      ? {}
      : {
          'config.yml': `projects:\n${listed.map(({ name, path }) => `  - {name: ${name}, path: ${path}, mode: partial}\n`).join('')}`,
        }),
  });
}

/** The machine, counting every call. */
function counting(): { system: ReadSystem; counted: () => number } {
  let calls = 0;
  const system = new Proxy(systemAt(temp()), {
    get(target, key) {
      const member = Reflect.get(target, key, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        calls++;
        return member.apply(target, args) as unknown;
      };
    },
  });
  return { system, counted: () => calls };
}
