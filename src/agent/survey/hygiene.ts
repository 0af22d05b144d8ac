import { basename } from 'node:path';
import { findTokens } from '../credentials/secret-kinds.ts';
import { lineRulesOf } from '../credentials/secret-lines.ts';
import { shellPath } from '../paths.ts';
import type { ReadSystem } from '../system.ts';
import { isCredentialName } from './credential-names.ts';
import type { Finding } from './finding.ts';
import { tokensIn } from './hidden-values.ts';
import { searchFor } from './known-secrets.ts';
import { oldCopyFindings } from './old-copies.ts';
import { isSettingsName } from './own-file.ts';
import { FileSearch } from './secret-search.ts';
import type { Survey } from './survey.ts';

/**
 * Where secrets lie open: to other users, in the clone's history, in old copies. It takes longer than the rest of a survey
 * and changes nothing in a plan, so only an assessment asks for it; the survey's git must still be open. No finding holds a
 * value: a file whose path does is not named.
 */
export function hygieneFindings(system: ReadSystem, survey: Survey): Finding[] {
  const isSecret = searchFor(survey.neverShown);
  const holds = (text: string | undefined) =>
    text !== undefined && (isSecret(text) || tokensIn(text).length > 0);
  return [...readableFindings(survey), ...historyFindings(survey), ...oldCopyFindings(system, survey)].map(
    (finding) =>
      holds(finding.file) || holds(finding.message)
        ? { ...WITHHELD, code: finding.code, level: finding.level }
        : finding,
  );
}

const WITHHELD = {
  message: 'A file holds a secret in clear text; its name holds one too, so it is not shown here',
  fix: 'Look for it in old copies and in the git history.',
} as const;

/** Files with secrets that others may read. Env files have a finding of their own (`env-world-readable`). */
function readableFindings({ inventory, secrets }: Survey): Finding[] {
  const withSecrets = new Set(secrets.filter(({ placeholder }) => !placeholder).map(({ file }) => file));
  return inventory.files
    .filter(({ kind, display, fileKind, stat }) => {
      const isOpen = fileKind === 'file' && (stat.mode & 0o044) !== 0;
      return isOpen && kind !== 'env' && (withSecrets.has(display) || kind === 'store');
    })
    .map(({ display, kind }) => ({
      code: 'secrets-world-readable',
      level: 'warning',
      message:
        kind === 'store'
          ? `${display} is part of the encrypted store and can be read by other users of this computer`
          : `${display} holds secrets and can be read by other users of this computer`,
      file: display,
      fix: `chmod 600 ${shellPath(display, '')}`,
    }));
}

/** Settings, env files, and files made for credentials. */
function isForSecrets(path: string): boolean {
  return isSettingsName(path) || isCredentialName(path);
}

function historyFindings({ git, knownValues }: Survey): Finding[] {
  if (git.state !== 'read') return [];
  const search = new FileSearch(knownValues);
  const { hits, complete } = git.searchHistory({
    goesFirst: isForSecrets,
    isSecret: (bytes, path) => {
      if (isForSecrets(path)) return search.bytes(bytes, lineRulesOf(basename(path)));
      // Documents and tests are full of addresses and passwords that are examples; tokens are told by themselves.
      return search.known(bytes) || findTokens(bytes.toString('latin1'));
    },
  });
  const findings = hits.map(
    ({ path, commit }): Finding => ({
      code: 'secret-in-history',
      level: 'warning',
      message: `A secret is in the git history, from commit ${commit.slice(0, 12)} on`,
      file: path,
      fix: 'Make a new key where it came from: taking it out of the history does not take it back from those who have a copy.',
    }),
  );
  if (complete) return findings;
  const message =
    'The git history is longer than is searched, or a part of it cannot be read; not all of it was looked at for secrets';
  return [...findings, { code: 'history-not-searched', level: 'info', message }];
}
