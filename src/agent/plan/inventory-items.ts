import { deletedFiles, mountItems } from '../conversions/place-files.ts';
import { variableItem } from '../survey/env-files.ts';
import type { Survey } from '../survey/survey.ts';
import { type ItemKind, keyItem } from './ledger.ts';

/**
 * Everything that must have a fate, counted from the survey and not from what the conversions did: each leaf of each
 * settings file, each variable of each env file, each secret, project, own file and mount point.
 */
export function inventoryItems(survey: Survey): { kind: ItemKind; item: string }[] {
  const secrets = new Set(survey.secrets.map((secret) => secret.item));
  const leaves = survey.settings.flatMap((file) => file.leaves.map((leaf) => keyItem(file.rel, leaf.path)));
  const variables = survey.envFiles.flatMap((file) =>
    file.variables.map((variable) => variableItem(file, variable)),
  );
  const keys = [...leaves, ...variables].filter((item) => !secrets.has(item));
  const files = [
    ...survey.inventory.files.map((file) => file.display),
    ...mountItems({ survey }),
    ...deletedFiles({ survey }),
  ];
  return [
    ...keys.map((item) => ({ kind: 'key' as const, item })),
    ...[...secrets].map((item) => ({ kind: 'secret' as const, item })),
    ...files.map((item) => ({ kind: 'file' as const, item })),
    ...survey.projects.map(({ key }) => ({ kind: 'project' as const, item: key })),
  ];
}
