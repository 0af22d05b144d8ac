import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inventoryItems } from '../../../src/agent/plan/inventory-items.ts';
import { keyItem, keyPath } from '../../../src/agent/plan/ledger.ts';
import { isNothingToDo, type Plan } from '../../../src/agent/plan/plan.ts';
import { leavesOf, nodeAt } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import type { YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { makeClone, planOf, writeHome } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { startPyYaml } from '../yaml/oracle.ts';
import { typed } from '../yaml/pyyaml.ts';
import { layoutTexts } from './layout-texts.ts';

const DEEP = process.env['AWM_DEEP'] === '1';
const SEED = Number(process.env['AWM_SEED'] ?? Date.now() % 1_000_000_007);
const temp = useTempFolder('file');
const python = startPyYaml();
/** Fates of what has the same value as before, perhaps in other words. */
const MOVED = ['mapped', 'renamed', 'kept-unused'];

it(`maps every layout so that PyYAML reads what the old loader saw (seed ${SEED})`, async () => {
  let compared = 0;
  const counts = DEEP ? [1, 12, 26, 1000] : [1, 12, 26];
  await fc.assert(
    fc.asyncProperty(layoutTexts(join(temp(), 'work'), counts), async ({ files, projects }) => {
      const home = join(temp(), 'home');
      rmSync(home, { recursive: true, force: true });
      const clone = makeClone(join(home, 'clone'), files);
      const { decisions } = planOf(clone).content;
      const plan = planOf(clone, {
        answers: Object.fromEntries(decisions.open.map(({ id, options }) => [id, options[0]?.id ?? ''])),
      });

      expectOneFateEach(plan);
      const isRead = plan.survey.settings.every(({ state }) => state !== 'broken');
      if (isRead) expect(plan.content.counts.project.total).toBe(projects);
      compared += await expectAsPythonSawIt(plan, files);
      writeHome(plan);
      expect(isNothingToDo(planOf(clone))).toBe(true);
    }),
    {
      numRuns: Number(process.env['AWM_RUNS'] ?? (DEEP ? 150 : 40)),
      seed: SEED,
      includeErrorInReport: true,
      endOnFailure: true,
    },
  );
  expect(compared).toBeGreaterThan(500);
}, 1_800_000);

function expectOneFateEach({ content, survey }: Plan): void {
  const named = (rows: readonly { kind: string; item: string }[]) =>
    rows.map(({ kind, item }) => `${kind} ${item}`).sort();
  expect(named(content.ledger)).toEqual(named(inventoryItems(survey)));
}

/** Every leaf of every file, by its path, as it is read from the text where the ledger says that it went. */
async function expectAsPythonSawIt(plan: Plan, files: Readonly<Record<string, string>>): Promise<number> {
  const homes = new Map<string, { root: YamlNode; places: Map<string, readonly string[]> }>();
  for (const [name, text] of [
    ['config.yaml', plan.rendered.config ?? ''],
    ['projects/registry.yaml', plan.rendered.registry ?? ''],
  ] as const) {
    const root = readYaml(Buffer.from(text)).root as YamlNode;
    expect(await python.load(text)).toEqual(typed(root));
    homes.set(name, { root, places: new Map(leavesOf(root).map(({ path }) => [keyPath(path), path])) });
  }
  const rows = new Map(plan.content.ledger.map((row) => [row.item, row]));
  let compared = 0;
  for (const { rel, root, leaves } of plan.survey.settings) {
    if (root === undefined) continue;
    expect(await python.load(files[rel] ?? ''), rel).toEqual(typed(root));
    for (const { path, node } of leaves) {
      const row = rows.get(keyItem(rel, path));
      const [file = '', place = ''] = row?.to?.split(/#(.*)/s) ?? [];
      const there = homes.get(file);
      const at = there?.places.get(place.split(' and ')[0] ?? '');
      if (row === undefined || there === undefined || at === undefined || !MOVED.includes(row.fate)) continue;
      const now = nodeAt(there.root, at) as YamlNode;
      compared += 1;
      if (row.fate !== 'renamed' && row.note === undefined) expect(typed(now), row.item).toEqual(typed(node));
      else if (isKnownId(at)) expect(typed(now), row.item).toEqual(['text', digitsOf(node)]);
    }
  }
  return compared;
}

/** Ids become text, whatever they were. */
function isKnownId(path: readonly string[]): boolean {
  return ['guild_id', 'channel_id'].includes(path.at(-1) ?? '');
}

function digitsOf(node: YamlNode): string {
  return node.kind === 'scalar' ? String(node.value).trim() : '';
}
