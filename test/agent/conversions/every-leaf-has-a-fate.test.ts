import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHECKS } from '../../../src/agent/checks/index.ts';
import { inventoryItems } from '../../../src/agent/plan/inventory-items.ts';
import { keyItem } from '../../../src/agent/plan/ledger.ts';
import type { Plan } from '../../../src/agent/plan/plan.ts';
import { nodeAt } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { makeClone, planOf, systemAt, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { startPyYaml } from '../yaml/oracle.ts';
import { type PyYaml, type Typed, typed } from '../yaml/pyyaml.ts';
import { settings } from './settings-trees.ts';

const temp = useTempFolder('file');
const python = startPyYaml();

it('gives every leaf of any settings one fate, keeps what PyYAML saw, shows no secret, and changes nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(settings, async ({ files, secrets }) => {
      const home = join(temp(), 'home');
      rmSync(home, { recursive: true, force: true });
      const clone = makeClone(join(home, 'clone'), files);
      const target = join(home, '.agent-workflow');

      const first = planOf(clone, { target });
      const answers = Object.fromEntries(
        first.content.decisions.open.map(({ id, options }) => [id, options[0]!.id]),
      );
      const plan = planOf(clone, { target, answers });

      expect(plan.content.decisions.open).toEqual([]);
      expectOneFateEach(plan);
      for (const text of [first.bytes, plan.bytes, plan.rendered.config!, plan.rendered.registry!]) {
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }
      await expectLegacyAsPythonSawIt(plan, files, python);
      writeHome(plan);
      await expectChecksPass(plan, target);
      const again = planOf(clone, { target, answers: {} });
      expect(again.rendered).toEqual({ config: undefined, registry: undefined, base: undefined });
      expect(again.draft.secrets).toEqual([]);
      expectOneFateEach(again);
    }),
    { numRuns: Number(process.env['AWM_RUNS'] ?? 150), includeErrorInReport: true },
  );
});

function expectOneFateEach({ content, survey }: Plan): void {
  const rows = content.ledger.map(({ kind, item }) => `${kind} ${item}`).sort();
  expect(rows).toEqual(
    inventoryItems(survey)
      .map(({ kind, item }) => `${kind} ${item}`)
      .sort(),
  );
}

async function expectLegacyAsPythonSawIt(
  plan: Plan,
  files: Readonly<Record<string, string>>,
  oracle: PyYaml,
): Promise<void> {
  const config = readYaml(Buffer.from(plan.rendered.config!));
  expect(await oracle.load(plan.rendered.config!)).toEqual(typed(config.root!));
  const fates = new Map(plan.content.ledger.map((row) => [row.item, row]));
  for (const file of plan.survey.settings) {
    if (file.root === undefined) continue;
    const seen: Typed = await oracle.load(files[file.rel] ?? '');
    expect(seen).toEqual(typed(file.root));
    for (const { path, node } of file.leaves) {
      const row = fates.get(keyItem(file.rel, path));
      if (row?.to?.startsWith('config.yaml#legacy.') !== true) continue;
      const there = nodeAt(config.root!, ['legacy', file.rel, ...path]);
      expect(there && typed(there), row.item).toEqual(typed(node));
    }
  }
}

async function expectChecksPass(plan: Plan, target: string): Promise<void> {
  const work = {
    system: systemAt(target),
    plan,
    locate: (rel: string) => join(target, rel),
    backup: { checks: [], problems: [], ok: true } as never,
  };
  for (const check of CHECKS.filter(({ name }) => name !== 'backup_integrity')) {
    const result = await check.check(work);
    expect(result.status === 'error' ? result : undefined, check.name).toBe(undefined);
  }
}
