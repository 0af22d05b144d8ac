import { basename, dirname, join } from 'node:path';
import { readCompose } from '../credentials/compose-environment.ts';
import { lastDefinitions, readDotenv } from '../credentials/dotenv.ts';
import { isSecretSetting, isSecretVariable } from '../credentials/secret-kinds.ts';
import { isInside } from '../paths.ts';
import type { ReadSystem } from '../system.ts';
import { ENV_RANK, type EnvVariable } from './env-files.ts';
import { type EnvSource, variablesOf } from './env-source.ts';
import { nameOfSource, readOutsideFile } from './outside-file.ts';
import { isEnvFile, type OwnFile } from './own-file.ts';

const COMPOSE = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i;
const TEMPLATE = /\.(?:example|sample|template|dist)\b/i;

/**
 * Secrets in the compose files of the clone: those of `environment:`, and those of the files that `env_file:` names where
 * they are no env files of the clone, which are read anyway. Settings stay in the compose file, which is carried over.
 */
export function composeSources(system: ReadSystem, clone: string, files: readonly OwnFile[]): EnvSource[] {
  const sources: EnvSource[] = [];
  const seen = new Set<string>();
  for (const { rel, fileKind } of files) {
    if (typeof rel !== 'string' || fileKind !== 'file' || !isComposeName(rel)) continue;
    const file = readOutsideFile(system, join(clone, rel));
    if (file === undefined || !isInside(file.path, clone)) continue;
    const services = readCompose(file.bytes);
    const variables = services.flatMap(({ service, assignments }) =>
      variablesOf(assignments, (name) => ['services', service, 'environment', name]).filter(isSecret),
    );
    if (variables.length > 0)
      sources.push({ file: { rel, precedence: ENV_RANK.compose, variables }, read: undefined });
    for (const { path } of services.flatMap(({ envFiles }) => envFiles)) {
      const named = readOutsideFile(system, join(clone, dirname(rel), path));
      if (named === undefined || seen.has(named.path)) continue;
      seen.add(named.path);
      const inside = isInside(named.path, clone);
      if (inside && isEnvFile(named.path)) continue;
      const entries = lastDefinitions(readDotenv(named.bytes).entries);
      const given = variablesOf(
        entries.map(({ key, value, line }) => ({ name: key, value: value ?? '', line })),
      );
      const name = nameOfSource(system, clone, named.path);
      sources.push({
        file: { rel: name, outside: !inside, precedence: ENV_RANK.compose - 0.5, variables: given },
        read: inside ? undefined : named,
      });
    }
  }
  return sources;
}

function isComposeName(rel: string): boolean {
  return COMPOSE.test(basename(rel)) && !TEMPLATE.test(rel);
}

/** Judged as in settings, not as in env files: most of what a compose file says is no secret, and it stays there. */
function isSecret({ name, value, what }: EnvVariable): boolean {
  if (what === 'placeholder') return true;
  const text = value.reveal().toString('utf8');
  return what === 'secret' && (isSecretVariable(name) || isSecretSetting([name], text, true));
}
