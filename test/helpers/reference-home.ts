import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOnly } from '../../src/agent/read-only-system.ts';
import type { InstalledPackage } from '../../src/agent/survey/package-probe.ts';
import { findReferences, type References } from '../../src/agent/survey/references/find-references.ts';
import type { Launch } from '../../src/agent/survey/references/launch.ts';
import { closeSurvey, takeSurvey } from '../../src/agent/survey/survey.ts';
import type { System } from '../../src/agent/system.ts';
import { put } from '../fixtures/write-files.ts';
import { systemAt } from './plan.ts';

/**
 * A `crontab` program for PATH that keeps the person's crontab in a file of its own, as the real one does: `-l` prints it
 * or fails where there is none, `-` takes a new one from its input and refuses one without a line end.
 */
const CRONTAB = `#!/bin/sh
tab="\${0%/*}/the-crontab"
case "$1" in
  -l) [ -f "$tab" ] || { echo "no crontab for you" >&2; exit 1; }; cat "$tab" ;;
  -) cat > "$tab.new"
     [ -z "$(tail -c 1 "$tab.new")" ] || { echo "new crontab file is missing newline before EOF" >&2; rm "$tab.new"; exit 1; }
     mv "$tab.new" "$tab" ;;
  *) exit 2 ;;
esac
`;

/** A package that says what it can do and does nothing. */
const PACKAGE = `#!/bin/sh
case "$1" in
  --help) printf 'Usage: agent-orch\\n\\nCommands:\\n  start   Start.\\n  status  Show.\\n' ;;
  --version) echo 'agent-orch 1.2.3' ;;
  *) echo "$@" ;;
esac
`;

export interface ReferenceHome {
  readonly home: string;
  readonly clone: string;
  readonly target: string;
  /** PATH with the two programs. */
  readonly path: string;
  system(): System;
  crontab(): string;
}

/** The program `crontab` in this folder, with the crontab as `the-crontab` beside it. */
export function putCrontabProgram(bin: string, crontab?: string): void {
  put(bin, 'crontab', CRONTAB, 0o755);
  if (crontab !== undefined) put(bin, 'the-crontab', crontab, 0o600);
}

/** A home folder with a clone, and `files` beside it; `@` in their text is the clone's path. */
export function makeReferenceHome(
  home: string,
  files: Readonly<Record<string, string>>,
  crontab?: string,
): ReferenceHome {
  const clone = join(home, 'agent-workflow');
  const bin = join(home, '.test-bin');
  const named = (text: string) => text.replaceAll('@@', clone);
  put(clone, 'orchestrator.yaml', 'orchestrator:\n  log_level: INFO\n');
  put(clone, 'scripts/orchestrator.py', 'print("orchestrator")\n');
  put(clone, 'lib/discord_bot.py', 'print("bot")\n');
  putCrontabProgram(bin);
  put(bin, 'agent-orch', PACKAGE, 0o755);
  if (crontab !== undefined) put(bin, 'the-crontab', named(crontab), 0o600);
  for (const [path, text] of Object.entries(files)) put(home, path, named(text));
  mkdirSync(join(home, '.agent-workflow'), { recursive: true });
  const path = `${bin}:/usr/bin:/bin`;
  return {
    home,
    clone,
    target: join(home, '.agent-workflow'),
    path,
    system: () => systemAt(home, { PATH: path }),
    crontab: () => readFileSync(join(bin, 'the-crontab'), 'utf8'),
  };
}

/** As the package of a test is: everything that a line can need. */
export const PROBE: InstalledPackage = {
  installed: true,
  command: '/opt/aw/bin/agent-orch',
  version: '1.2.3',
  commands: ['start', 'status'],
  location: undefined,
  readsStore: 'yes',
  runsDiscord: 'yes',
  readsAgents: 'no',
};

export function launchIn(home: string, probe: Launch['probe'] = PROBE): Launch {
  return {
    agent: ['/opt/ma/bin/migration-agent'],
    probe,
    target: join(home, '.agent-workflow'),
    isDefaultTarget: true,
  };
}

/** The same for a clone without projects and secrets, without a survey of it: for tests that look hundreds of times. */
export function quickReferencesIn({ home, clone, target, system }: ReferenceHome): References {
  const bare = { source: clone, target: { path: target }, projects: [], knownValues: [] };
  return findReferences(readOnly(system()), bare, { launch: launchIn(home), ignored: [] });
}

export function referencesIn(
  { home, clone, target, system }: ReferenceHome,
  launch: Launch = launchIn(home),
): References {
  const reader = readOnly(system());
  const survey = takeSurvey(reader, clone, target);
  try {
    return findReferences(reader, survey, { launch, ignored: [] });
  } finally {
    closeSurvey(survey);
  }
}
