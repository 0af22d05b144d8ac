import type { Draft } from '../conversions/draft.ts';
import { type BaseFile, type BaseProject, SCHEMA } from '../survey/base.ts';
import { list, map, quoted } from '../yaml/build.ts';
import { nodeAt, sameValue } from '../yaml/leaves.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import type { YamlMap, YamlNode } from '../yaml/yaml-node.ts';
import { withSettings } from './with-settings.ts';

const NOTE =
  'What each old installation said when it was migrated. The next migration compares with it, to tell what changed there from what you changed here. Leave it as it is.';

/**
 * The text of `migration/base.yaml` with this installation's part as it is now; what others left there stays. Undefined
 * where it says that already, or may not be replaced.
 */
export function renderBase(file: BaseFile, source: string, draft: Draft): string | undefined {
  if (file.state === 'damaged' && !file.mayBeReplaced) return undefined;
  const before = file.state === 'read' ? nodeAt(file.root, ['installations']) : undefined;
  const others = before?.kind === 'map' ? before.entries.filter(({ key }) => key.source !== source) : [];
  const mine = map({
    config: withSettings(map({}), draft.said),
    projects: keyed(draft.baseProjects.map((project) => [project.name, projectNode(project)])),
  });
  const root = map({
    schema: SCHEMA,
    installations: { ...map({}), entries: [...others, { key: quoted(source), value: mine }] },
  });
  return file.state === 'read' && sameValue(file.root, root) ? undefined : writeYaml(root, { comment: NOTE });
}

function projectNode({ key, entry, stated }: BaseProject): YamlMap {
  return map({ key: quoted(key), stated: list(stated), entry });
}

function keyed(entries: readonly (readonly [string, YamlNode])[]): YamlMap {
  return { ...map({}), entries: entries.map(([name, value]) => ({ key: quoted(name), value })) };
}
