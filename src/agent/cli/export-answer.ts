import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { counted } from '../../shared/words.ts';
import type { ExportManifest } from '../export/manifest.ts';
import { type WrittenExport, writeExport } from '../export/write-export.ts';
import { displayPath, shellPath, shortPath } from '../paths.ts';
import { readOnly } from '../read-only-system.ts';
import { locateSource } from '../survey/locate.ts';
import { closeSurvey, takeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { askHidden } from './ask-hidden.ts';
import { passwordAgain } from './store-password.ts';
import type { Answer, Call } from './verb.ts';
import { shortList } from './views/table.ts';

export const EXPORT_OPTIONS = {
  'with-secrets': {
    type: 'boolean',
    about: 'also the values of the secrets, encrypted with a passphrase that is asked for at the terminal',
  },
} as const;

const SHORTEST_PASSPHRASE = 12;
const TRIES = 3;

/** Exports the installation into `folder` and tells what is where. `source` undefined: the only one found. */
export async function exportAnswer(
  call: Call,
  folder: string,
  source: string | undefined,
  verb: string,
): Promise<Answer> {
  const { system, settings, flags } = call;
  const clone = locateSource(system, source, verb);
  const withSecrets = flags['with-secrets'] === true;
  const passphrase = withSecrets ? await newPassphrase(call) : undefined;
  const masterPassword = withSecrets ? await passwordAgain(call, clone) : undefined;
  const survey = takeSurvey(readOnly(system), clone, targetPath(system, settings.target), { masterPassword });
  try {
    const written = await writeExport(system, survey, { folder: resolve(system.cwd, folder), passphrase });
    return { exit: 0, result: resultOf(written), text: lines(written, system.home) };
  } finally {
    closeSurvey(survey);
  }
}

async function newPassphrase(call: Call): Promise<Secret> {
  if (!call.terminal || call.json || call.yes) throw new AppError('EXPORT_NO_PASSPHRASE');
  for (let left = TRIES; left > 0; left -= 1) {
    const first = await askHidden('Passphrase for the secrets (not shown):', 'EXPORT_PASSPHRASE');
    if (first === undefined) break;
    if (first.length < SHORTEST_PASSPHRASE) {
      call.say(`It needs at least ${SHORTEST_PASSPHRASE} characters.`);
      continue;
    }
    const second = await askHidden('The same again:', 'EXPORT_PASSPHRASE');
    if (second?.equals(first) === true) return first;
    call.say('The two are not the same.');
  }
  throw new AppError('EXPORT_NO_PASSPHRASE');
}

function resultOf({ folder, manifest, secrets }: WrittenExport): object {
  return {
    folder,
    source: manifest.source,
    created: manifest.created,
    sealed: manifest.sealed,
    secrets,
    files: manifest.files.map(({ path, kind, bytes, from }) => ({
      path: displayPath(path),
      kind,
      bytes,
      from: from ?? null,
    })),
    left_out: manifest.left_out,
  };
}

function lines({ folder, manifest, secrets }: WrittenExport, home: string): string[] {
  const place = shellPath(folder, home);
  return [
    'Manual Migration Process',
    '',
    `Exported ${shortPath(manifest.source, home)} to ${shortPath(folder, home)}; the installation was only read.`,
    ...folderLines(manifest),
    `  ${counted(secrets, 'secret')} by name${manifest.sealed ? ', their values encrypted in credentials/secrets.age' : '; no value is in the export'}`,
    ...(manifest.left_out.length === 0
      ? []
      : ['', 'Left out', ...shortList(manifest.left_out.map(({ what, why }) => `${what}: ${why}`))]),
    '',
    'Next',
    `  edit what you want under ${place}; CHECKLIST.md there has every step`,
    '  pipx install agent-workflow && agent-orch init --minimal',
    `  migration-agent import-config ${place}`,
  ];
}

function folderLines({ files }: ExportManifest): string[] {
  const folders = ['old-config', 'projects', 'integrations', 'credentials', 'state'];
  return folders.map((folder) => {
    const count = files.filter(({ path }) => displayPath(path).startsWith(`${folder}/`)).length;
    return `  ${`${folder}/`.padEnd(15)} ${counted(count, 'file')}`;
  });
}
