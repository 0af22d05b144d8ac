import { safeText } from '../../shared/safe-text.ts';
import { counted } from '../../shared/words.ts';
import { displayPath, shellPath, shortPath } from '../paths.ts';
import type { Survey } from '../survey/survey.ts';
import type { ExportManifest } from './manifest.ts';
import type { NamedSecret } from './names.ts';

const MOST_SECRETS = 200;

/** The steps of a migration by hand, with every command to type, in the order in which they are done. */
export function checklist(
  manifest: ExportManifest,
  secrets: readonly NamedSecret[],
  survey: Pick<Survey, 'projects' | 'inventory'>,
  folder: string,
  home: string,
): string {
  const own = survey.inventory.files.filter(({ kind }) => ['agent', 'custom', 'edited'].includes(kind));
  const place = shellPath(folder, home);
  const source = shellPath(manifest.source, home);
  return [
    '# Migration by hand',
    '',
    `Exported from ${shortPath(manifest.source, home)} on ${manifest.created.slice(0, 10)}. The installation was only read.`,
    '',
    '## 1. Look through the settings, and edit them',
    '',
    ...editable(manifest),
    '',
    'What these files say is what is imported. A project whose file you delete is not registered; a new file in `projects/` adds one.',
    '`state/` is a copy to look at: the state of your projects stays where it is, and nothing in `state/` is imported.',
    '',
    '## 2. Secrets',
    '',
    `${counted(secrets.length, 'secret')}, by name. \`<secret NAME.NUMBER>\` in a file stands for one of them; leave the mark where the secret belongs.`,
    manifest.sealed
      ? 'Their values are in `credentials/secrets.age`, encrypted with your passphrase.'
      : 'Their values are not in this folder: the import takes them from the installation, so keep that until you have imported.',
    '',
    ...secrets
      .slice(0, MOST_SECRETS)
      .map(({ name, number, item }) => `- \`${name}.${number}\` from ${safeText(item)}`),
    ...(secrets.length > MOST_SECRETS ? [`- and ${secrets.length - MOST_SECRETS} more, in names.json`] : []),
    '',
    '## 3. Install the package, import, verify',
    '',
    '- [ ] `pipx install agent-workflow`',
    '- [ ] `agent-orch init --minimal`',
    `- [ ] \`migration-agent import-config ${place}\``,
    '- [ ] `agent-orch status`',
    '- [ ] `agent-orch projects list`',
    '- [ ] `agent-orch health --check-all`',
    '- [ ] `migration-agent status`',
    '',
    'One test for each project, such as asking for its status in Discord:',
    '',
    ...(survey.projects.length === 0 ? ['- no project was found'] : []),
    ...survey.projects.map(({ key, exists }) =>
      exists
        ? `- [ ] ${safeText(key)}`
        : `- [ ] ${safeText(key)} (its folder was not there when this was written)`,
    ),
    '',
    'From a checkout of the migration assistant, `migration-agent` is typed `npm run -s agent --`.',
    '',
    '## 4. Clean up',
    '',
    `- [ ] Keep ${source} as it is for at least a week of use: it is what you go back to, and \`migration-agent restore-migration-backup\` takes everything back.`,
    `- [ ] Then archive it, or let \`migration-agent retire ${source}\` put it aside; delete nothing before that.`,
    '- [ ] Remove this export once you need it no more. It says how you work, though it holds no secret in clear text.',
    '- [ ] Update your own documentation, and tell your team.',
    '',
    ...(own.length === 0
      ? []
      : [
          '## Your own files',
          '',
          `${counted(own.length, 'file')} of your own (agents, notes, edits of upstream) ${own.length === 1 ? 'is' : 'are'} not in this folder. The import takes them from the installation while that is there.`,
          '',
        ]),
    ...(manifest.left_out.length === 0
      ? []
      : [
          '## Not in this folder',
          '',
          ...manifest.left_out.slice(0, MOST_SECRETS).map(({ what, why }) => `- ${safeText(what)}: ${why}`),
          '',
        ]),
  ].join('\n');
}

function editable({ files }: ExportManifest): string[] {
  const shown = files.filter(({ kind }) => kind === 'settings' || kind === 'env');
  return shown.map(
    ({ path, from, note }) =>
      `- [ ] \`${displayPath(path)}\` (${from}${note === undefined ? '' : `; ${note}`})`,
  );
}
