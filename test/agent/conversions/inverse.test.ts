import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oldSettings } from '../../../src/agent/checks/old-settings.ts';
import { CONVERSIONS } from '../../../src/agent/conversions/index.ts';
import { invert, type OldValue } from '../../../src/agent/conversions/inverse.ts';
import { keyItem } from '../../../src/agent/plan/ledger.ts';
import type { Plan } from '../../../src/agent/plan/plan.ts';
import { withSettings } from '../../../src/agent/plan/with-settings.ts';
import { map } from '../../../src/agent/yaml/build.ts';
import { nodeAt, sameValue } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { makeClone, planOf, registryOf, surveyOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { layoutTexts } from './layout-texts.ts';

const temp = useTempFolder('file');
const SEED = Number(process.env['AWM_SEED'] ?? Date.now() % 1_000_000_007);

it(`gives every old value back that was in effect, whatever the layout (seed ${SEED})`, () => {
  fc.assert(
    fc.property(layoutTexts(join(temp(), 'work'), [1, 12]), ({ files }) => {
      const home = join(temp(), 'home');
      rmSync(home, { recursive: true, force: true });
      const clone = makeClone(join(home, 'clone'), files);
      const { decisions } = planOf(clone).content;
      const answers = Object.fromEntries(decisions.open.map(({ id, options }) => [id, options[0]?.id ?? '']));
      const plan = planOf(clone, { answers });

      const inEffect = CONVERSIONS.filter(({ id }) => id !== 'keep-the-rest');
      const back = makeClone(join(home, 'back'), textsOf(invert(homeOf(plan), inEffect)));

      expect(effectiveIn(back)).toMatchObject(effectiveIn(clone));
      const kept = CONVERSIONS.filter(({ id }) => id === 'keep-the-rest');
      expectLegacyGiven(plan, invert(homeOf(plan), kept));
      const again = planOf(back, { target: join(home, 'again') });
      expect(again.content.decisions.open).toEqual([]);
      for (const [name, entry] of Object.entries(registryOf(plan))) {
        const { path, mode, status, discord, metadata } = entry;
        const { description, tags } = metadata as Record<string, unknown>;
        expect(registryOf(again)[name], name).toMatchObject({
          path,
          mode,
          status,
          discord,
          metadata: { description, tags },
        });
      }
    }),
    {
      numRuns: process.env['AWM_DEEP'] === '1' ? 200 : 20,
      seed: SEED,
      includeErrorInReport: true,
      endOnFailure: true,
    },
  );
});

describe('the inverse of a conversion', () => {
  it('is given by each, or it says why there is none', () => {
    for (const { id, inverse } of CONVERSIONS) {
      expect(('none' in inverse ? inverse.none : inverse.about).length, id).toBeGreaterThan(10);
    }
  });

  it('names the variables of secrets, and gives them as secrets', () => {
    const token = new Secret('GITHUB_TOKEN', Buffer.from('ghp_x'));
    const secrets = new Map([['GITHUB_TOKEN', token]]);

    expect(invert({ config: map({}), registry: map({}), secrets }, CONVERSIONS)).toEqual([
      { file: '.env', path: ['GITHUB_TOKEN'], value: token },
    ]);
  });

  it('uses the old tool’s words and its first key, and what is specific goes before what was kept', () => {
    const config = readYaml(
      Buffer.from(
        'global: {log_level: WARN}\nai_provider: {warmth: 3, credential_key: x}\nlegacy: {config.yml: {orchestrator: {log_level: noisy, n: 1}}}\n',
      ),
    ).root as YamlMap;

    const given = invert({ config, registry: map({}), secrets: new Map() }, CONVERSIONS);

    expect(
      given.map(({ file, path, value }) => [
        file,
        path.join('.'),
        String((value as { value: unknown }).value),
      ]),
    ).toEqual([
      ['config.yml', 'orchestrator.log_level', 'WARNING'],
      ['config.yml', 'ai.warmth', '3'],
      ['config.yml', 'orchestrator.n', '1'],
    ]);
  });
});

function homeOf({ rendered }: Plan) {
  const root = (text: string | undefined) => readYaml(Buffer.from(text ?? '')).root as YamlMap;
  return {
    config: root(rendered.config),
    registry: root(rendered.registry),
    secrets: new Map<string, Secret>(),
  };
}

/** The given values as files of an installation. */
function textsOf(given: readonly OldValue[]): Record<string, string> {
  const byFile = Map.groupBy(given, ({ file }) => file);
  return Object.fromEntries(
    [...byFile].map(([file, values]) => {
      const settings = values.map(({ path, value }) => ({ path, node: value as YamlNode }));
      if (file.startsWith('.env'))
        return [
          file,
          settings
            .map(({ path, node }) => `${path.join('')}='${String((node as { value: unknown }).value)}'\n`)
            .join(''),
        ];
      return [file, writeYaml(withSettings(map({}), settings))];
    }),
  );
}

/** What the old tool had in effect, by the places of the package. */
function effectiveIn(clone: string): Record<string, unknown> {
  const settings = oldSettings(systemAt(temp()), surveyOf(clone));
  return Object.fromEntries(
    settings.flatMap(({ rename, node }) =>
      node === undefined
        ? []
        : [
            [
              rename.to.join(),
              node.kind === 'scalar' ? `${node.type} ${String(node.value)}` : writeYaml(map({ node })),
            ],
          ],
    ),
  );
}

/** What is not in effect comes back too, from wherever it was kept. */
function expectLegacyGiven({ content, survey }: Plan, given: readonly OldValue[]): void {
  const rows = new Map(content.ledger.map((row) => [row.item, row]));
  const values = new Map(given.map(({ file, path, value }) => [keyItem(file, path), value]));
  for (const { rel, leaves } of survey.settings) {
    for (const { path, node } of leaves) {
      const item = keyItem(rel, path);
      if (rows.get(item)?.to?.startsWith('config.yaml#legacy.') !== true) continue;
      const depth = path.findIndex((_, index) => values.has(keyItem(rel, path.slice(0, index + 1)))) + 1;
      const value = values.get(keyItem(rel, path.slice(0, depth))) as YamlNode | undefined;
      const there = value && nodeAt(value, path.slice(depth));
      expect(there !== undefined && sameValue(there, node), item).toBe(true);
    }
  }
}
