import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RENAMES, type Rename } from '../../../src/agent/conversions/renames.ts';
import { map, scalar } from '../../../src/agent/yaml/build.ts';
import { nodeAt, plainValue } from '../../../src/agent/yaml/leaves.ts';
import { readYaml } from '../../../src/agent/yaml/read-yaml.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { makeClone, planOf, rowOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { KNOWN_FILES } from './known-files.ts';

const temp = useTempFolder();

/** A value that the row's reader takes as it is, and that is not the default. */
function sampleFor(rename: Rename): YamlNode {
  const samples: YamlNode[] = [
    scalar('partial'),
    scalar('ERROR'),
    scalar('local'),
    scalar(17),
    scalar(false),
    map({}),
    scalar('1234567890123456789'),
    { ...listOf('embed_links') },
  ];
  const fitting = samples.find((node) => {
    const reading = rename.read(node);
    return reading.kind === 'same' || reading.kind === 'renamed';
  });
  if (fitting === undefined) throw new Error(`no sample fits ${rename.from}`);
  return fitting;
}

function listOf(...items: string[]): YamlNode {
  return { kind: 'list', items: items.map(scalar), line: 0, column: 0 };
}

const cases = RENAMES.flatMap((rename) => rename.roles.map((role) => ({ rename, role })));

describe('each row of the table of renames', () => {
  it.each(cases.map(({ rename, role }) => [rename.from, role, rename.to.join(' and '), rename] as const))(
    'brings %s of a file of role %s to %s',
    (from, role, _, rename) => {
      const sample = sampleFor(rename);
      const file = KNOWN_FILES[role];
      const clone = makeClone(join(temp(), 'clone'), { [file]: writeYaml(nested(from.split('.'), sample)) });

      const plan = planOf(clone);

      const config = readYaml(Buffer.from(plan.rendered.config!)).root!;
      const wanted = rename.read(sample);
      for (const to of rename.to) {
        const there = nodeAt(config, to.split('.'));
        expect(there && plainValue(there), to).toEqual(
          'node' in wanted ? plainValue(wanted.node) : undefined,
        );
      }
      const item = sample.kind === 'list' ? `${file}#${from}.0` : `${file}#${from}`;
      expect(rowOf(plan, item)).toMatchObject({
        fate: expect.stringMatching(/^(mapped|renamed)$/),
        to: `config.yaml#${rename.to.join(' and ')}`,
      });
    },
  );
});

function nested(path: readonly string[], node: YamlNode): YamlMap {
  const [first = '', ...rest] = path;
  return map({ [first]: rest.length === 0 ? node : nested(rest, node) });
}
