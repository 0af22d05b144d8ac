import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { list, oneOf, within } from '../../../src/agent/conversions/readers.ts';
import { map, scalar } from '../../../src/agent/yaml/build.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import type { YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { makeClone, type PlanOfOptions, planOf } from '../../helpers/plan.ts';
import { python } from '../../helpers/python.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the readers', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('take no %s for a word', (word) => {
    expect(oneOf(['a'], { b: 'a' })(scalar(word)).kind).toBe('rejected');
  });

  it('take words in any letter case and by their aliases', () => {
    const read = oneOf(['WARN'], { warning: 'WARN' });

    expect([read(scalar('WARN')).kind, read(scalar('Warn')).kind]).toEqual(['same', 'renamed']);
    expect(read(scalar('WARNING'))).toMatchObject({ kind: 'renamed', node: { value: 'WARN' } });
  });

  const numbers: readonly (readonly [YamlNode, string])[] = [
    [scalar(1), 'same'],
    [scalar(50), 'same'],
    [scalar('12'), 'renamed'],
    [scalar(0), 'rejected'],
    [scalar(51), 'rejected'],
    [scalar(10n ** 30n), 'rejected'],
    [scalar(5.5), 'rejected'],
    [scalar(true), 'rejected'],
    [scalar('many'), 'rejected'],
    [scalar(null), 'nothing'],
    [scalar(''), 'nothing'],
    [map({ a: 1 }), 'rejected'],
  ];
  it.each(numbers.map(([node, kind]) => [writeYaml(map({ n: node })).trim(), kind, node] as const))(
    'within 1 and 50 take %s as %s',
    (_, kind, node) => {
      expect(within(1, 50)(node).kind).toBe(kind);
    },
  );

  it('take nothing but a list for a list', () => {
    expect([list(listOf('a')).kind, list(scalar('a')).kind, list(scalar(null)).kind]).toEqual([
      'same',
      'rejected',
      'rejected',
    ]);
  });

  it('make text of ids, whatever their length and spelling', () => {
    const plan = planWith({
      'config.yml': 'discord:\n  guild_id: 1234567890123456789\n',
      'projects/a.yaml': 'discord: {channel_id: 1234567890123456788}\nother_id: 1234567890123456787\n',
    });

    const read = python(
      'import json,sys,yaml\ngiven=json.load(sys.stdin)\nc,r=[yaml.safe_load(t) for t in given]\nprint(json.dumps([repr(c["discord"]["guild_id"]), repr(r["projects"]["a"]["discord"]["channel_id"]), repr(c["legacy"]["projects/a.yaml"]["other_id"]), repr(r["projects"]["a"]["registered"])]))',
      [plan.rendered.config, plan.rendered.registry],
    );
    expect(read).toEqual([
      "'1234567890123456789'",
      "'1234567890123456788'",
      '1234567890123456787',
      "'2025-06-01T12:00:00.000Z'",
    ]);
  });
});

function listOf(...items: string[]): YamlNode {
  return { kind: 'list', items: items.map(scalar), line: 0, column: 0 };
}

function planWith(files: Record<string, string>, options: PlanOfOptions = {}) {
  return planOf(makeClone(join(temp(), 'clone'), files), options);
}
