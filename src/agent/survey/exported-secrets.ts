import { join } from 'node:path';
import { isSecretVariable } from '../credentials/secret-kinds.ts';
import type { ReadSystem } from '../system.ts';
import type { Finding } from './finding.ts';
import { ifReachable } from './reachable.ts';

/** Start-up files of shells, in which people export tokens; below the home folder. Read line by line, never executed. */
const FILES = [
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.profile',
  '.zshrc',
  '.zprofile',
  '.zshenv',
  '.config/fish/config.fish',
];

/** `export NAME=…` of sh and zsh, `set -gx NAME …` of fish. */
const EXPORT = /^\s*(?:export\s+|set\s+(?:-\w*x\w*|--export)\s+)([A-Z][A-Z0-9_]*)[=\s]/;

const MAX_BYTES = 1 << 20;

/**
 * Secrets that the old programs got from a shell or from the environment. They stay where they are and in effect, so
 * nothing is lost; but they are not in the new store, and the person should hear of it. No finding holds a value.
 */
export function findExportedSecrets(system: ReadSystem): Finding[] {
  const exported = FILES.flatMap((name) => exportsIn(system, join(system.home, name)));
  const named = new Set(exported.map(({ variable }) => variable));
  const inherited = Object.keys(system.env)
    .filter((name) => isSecretVariable(name) && !named.has(name))
    .sort();
  return [
    ...exported.map(({ variable, file, line }) => ({
      code: 'shell-export',
      level: 'info' as const,
      message: `${variable} is exported here. It stays here, in effect for what is started from this shell, and is not copied into the new store.`,
      file,
      line,
    })),
    ...inherited.map((variable) => ({
      code: 'environment-secret',
      level: 'info' as const,
      message: `${variable} is set in this environment. It is not copied into the new store.`,
    })),
  ];
}

function exportsIn(system: ReadSystem, file: string) {
  const bytes = ifReachable(() => {
    const stat = system.stat(file);
    return stat?.kind === 'file' && stat.size <= MAX_BYTES
      ? system.readFile(system.realPath(file))
      : undefined;
  });
  const lines = bytes?.toString('latin1').split('\n') ?? [];
  return lines.flatMap((text, at) => {
    const variable = EXPORT.exec(text)?.[1];
    return variable !== undefined && isSecretVariable(variable) ? [{ variable, file, line: at + 1 }] : [];
  });
}
