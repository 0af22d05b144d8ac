import fc from 'fast-check';
import { RENAMES } from '../../../src/agent/conversions/renames.ts';
import { PROJECT_FIELDS } from '../../../src/agent/survey/projects.ts';
import { type SettingsRole, settingsRole } from '../../../src/agent/survey/settings-files.ts';
import { list, quoted, scalar } from '../../../src/agent/yaml/build.ts';
import { writeYaml } from '../../../src/agent/yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../../../src/agent/yaml/yaml-node.ts';
import { anyScalar, tree } from '../yaml/yaml-trees.ts';

/** A clone's settings as text by their paths, and the secrets that were planted in them. */
export interface GeneratedSettings {
  readonly files: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

interface Placed {
  readonly path: readonly string[];
  readonly node: YamlNode;
}

const FILES = [
  'config.yml',
  'orchestrator.yaml',
  'orch-config.yaml',
  'discord-config.yaml',
  'discord-bot.config',
  'config/projects.yaml',
  'config/secrets.yaml',
  '.dependency-config.yaml',
  'projects/one.yaml',
  'projects/two.yaml',
] as const;

/** Values that a known key may well have, and others that it should not. */
const likely: fc.Arbitrary<YamlNode> = fc.oneof(
  fc.constantFrom<YamlNode>(
    scalar('blocking'),
    scalar('PARTIAL'),
    scalar('yolo'),
    scalar('constructor'),
    scalar('WARNING'),
    scalar('anthropic'),
    scalar(true),
    scalar('yes'),
    scalar(7),
    scalar(500),
    scalar('12'),
    scalar(1234567890123456789n),
    quoted('1234567890123456789'),
    quoted(''),
    scalar(null),
    list([]),
    list([scalar('send_messages'), scalar(3)]),
  ),
  anyScalar,
);

const pathOf = (dotted: string) => dotted.split('.');

const knownKeys = (role: SettingsRole): fc.Arbitrary<Placed[]> => {
  const paths = RENAMES.filter(({ roles }) => roles.includes(role)).map(({ from }) => pathOf(from));
  return paths.length === 0
    ? fc.constant([])
    : fc.array(fc.record({ path: fc.constantFrom(...paths), node: likely }), { maxLength: 6 });
};

const projectPath = fc.constantFrom(
  '.',
  '..',
  '',
  '~',
  '~/gone',
  'lib',
  '/nowhere',
  'a\0b',
  'x'.repeat(5000),
);
const projectFields: fc.Arbitrary<Placed[]> = fc.array(
  fc.oneof(
    fc.record({ path: fc.constant(['path']), node: projectPath.map(quoted) }),
    fc.record({ path: fc.constantFrom(...Object.values(PROJECT_FIELDS).flat()), node: likely }),
    fc.record({
      path: fc.constantFrom(['name'], ['tags']),
      node: fc.constantFrom(scalar('api'), scalar('1')),
    }),
  ),
  { maxLength: 5 },
);

const secretText = fc.stringMatching(/^[A-Z][a-z]{5}[0-9]{5}[a-zA-Z]{9}$/);
const secretPlace = fc.constantFrom(
  ['token'],
  ['discord', 'bot_token'],
  ['ai', 'api_key'],
  ['hooks', '0', 'password'],
  ['hooks', '1', 'token'],
  ['secrets', 'stripe'],
  ['github', 'token'],
  ['orchestrator', 'projects', 'api_key'],
);

/** Settings of every kind of file, each in some of the cases, with secrets and repetitions of them under other names. */
export const settings: fc.Arbitrary<GeneratedSettings> = fc
  .subarray([...FILES], { minLength: 1, maxLength: 5 })
  .chain((names) => fc.tuple(...names.map((name) => settingsFile(name))))
  .map((made) => ({
    files: Object.fromEntries(made.map(({ name, root }) => [name, writeYaml(root)])),
    secrets: made.flatMap(({ secrets }) => secrets),
  }));

function settingsFile(name: string) {
  const role = settingsRole(name)?.role as SettingsRole;
  const listed = role === 'multi' || role === 'project-list' || role === 'main';
  return fc
    .record({
      base: tree,
      known: knownKeys(role),
      own: role === 'project' ? projectFields : fc.constant<Placed[]>([]),
      listed: listed ? fc.array(projectFields, { maxLength: 3 }) : fc.constant<Placed[][]>([]),
      asMap: fc.boolean(),
      secrets: fc.uniqueArray(fc.record({ path: secretPlace, text: secretText }), {
        maxLength: 2,
        selector: ({ path }) => path.join('.'),
      }),
      repeats: fc.boolean(),
    })
    .map(({ base, known, own, listed: projects, asMap, secrets, repeats }) => {
      const placed: Placed[] = [
        ...known,
        ...own,
        ...projects.flatMap((fields, index) =>
          fields.map(({ path, node }) => ({
            path: ['projects', asMap ? `p${index}` : String(index), ...path],
            node,
          })),
        ),
        ...secrets.map(({ path, text }) => ({ path, node: scalar(text) })),
        ...(repeats
          ? secrets.map(({ text }, index) => ({
              path: ['remarks', `r${index}`],
              node: scalar(`it was ${text} once`),
            }))
          : []),
      ];
      const root = placed.reduce<YamlNode>((node, one) => withNode(node, one.path, one.node), base);
      return { name, root: root as YamlMap, secrets: secrets.map(({ text }) => text) };
    });
}

/** Sets a value; what stands in its way gives way. A part that is a number makes a list. */
function withNode(tree: YamlNode | undefined, path: readonly string[], node: YamlNode): YamlNode {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  if (/^\d$/.test(key)) {
    const items = tree?.kind === 'list' ? [...tree.items] : [];
    while (items.length < Number(key)) items.push(scalar(null));
    items[Number(key)] = withNode(items[Number(key)], rest, node);
    return list(items);
  }
  const entries = tree?.kind === 'map' ? [...tree.entries] : [];
  const at = entries.findIndex((entry) => entry.key.source === key);
  const value = withNode(entries[at]?.value, rest, node);
  if (at < 0) entries.push({ key: quoted(key), value });
  else entries[at] = { key: entries[at]!.key, value };
  return { kind: 'map', entries, line: 0, column: 0 };
}
