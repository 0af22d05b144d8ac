import { join } from 'node:path';
import { readSystemdEnvFile } from '../credentials/systemd-env-file.ts';
import { readUnit } from '../credentials/systemd-unit.ts';
import { isInside } from '../paths.ts';
import type { ReadSystem } from '../system.ts';
import { ENV_RANK } from './env-files.ts';
import { type EnvSource, variablesOf } from './env-source.ts';
import type { Finding } from './finding.ts';
import { nameOfSource, namesIn, type OutsideFile, readOutsideFile } from './outside-file.ts';
import { isEnvFile } from './own-file.ts';

const MOST_UNITS = 500;

/**
 * The person's own systemd units that name the clone, with their drop-ins and the files of variables that they name. In
 * systemd a later file goes before an earlier one, and `EnvironmentFile=` before `Environment=`.
 */
export function unitSources(
  system: ReadSystem,
  clone: string,
): { sources: EnvSource[]; findings: Finding[] } {
  const config = system.env['XDG_CONFIG_HOME'] || join(system.home, '.config');
  const data = system.env['XDG_DATA_HOME'] || join(system.home, '.local/share');
  const sources: EnvSource[] = [];
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const folder of [config, data].map((parent) => join(parent, 'systemd/user'))) {
    const units = namesIn(system, folder)
      .map(({ name }) => String(name))
      .filter((name) => name.endsWith('.service'));
    for (const unit of units.slice(0, MOST_UNITS)) {
      const files = unitFiles(system, folder, unit).filter((file) => !seen.has(file.path));
      if (!files.some(({ bytes }) => namesClone(bytes, clone, system.home))) continue;
      for (const [n, file] of files.entries()) {
        seen.add(file.path);
        addUnit(file, ENV_RANK.unit + (files.length - n) / 1000);
      }
    }
  }
  return { sources, findings };

  function addUnit(file: OutsideFile, precedence: number): void {
    const rel = nameOfSource(system, clone, file.path);
    const { assignments, files, unknownFiles } = readUnit(file.bytes, system.home);
    const variables = variablesOf(assignments);
    if (variables.length > 0)
      sources.push({ file: { rel, outside: true, precedence, variables }, read: file });
    for (const { path, line } of files) {
      const named = readOutsideFile(system, path);
      if (named === undefined) {
        findings.push(missing(rel, line, 'is not there, or cannot be read'));
      } else if (!seen.has(named.path) && !isKnownEnvFile(named.path, clone)) {
        seen.add(named.path);
        const inside = isInside(named.path, clone);
        const given = variablesOf(readSystemdEnvFile(named.bytes));
        const name = nameOfSource(system, clone, named.path);
        const env = { rel: name, outside: !inside, precedence: precedence - 0.5, variables: given };
        sources.push({ file: env, read: inside ? undefined : named });
      }
    }
    for (const line of unknownFiles)
      findings.push(missing(rel, line, 'is named in a way that only systemd knows'));
  }
}

/** The unit, then its drop-ins in their order. */
function unitFiles(system: ReadSystem, folder: string, unit: string): OutsideFile[] {
  const dropIns = namesIn(system, join(folder, `${unit}.d`))
    .map(({ name }) => String(name))
    .filter((name) => name.endsWith('.conf'))
    .map((name) => join(folder, `${unit}.d`, name));
  return [join(folder, unit), ...dropIns].flatMap((path) => readOutsideFile(system, path) ?? []);
}

function namesClone(bytes: Buffer, clone: string, home: string): boolean {
  const text = bytes.toString('utf8').replaceAll('%h', home);
  for (let at = text.indexOf(clone); at !== -1; at = text.indexOf(clone, at + 1)) {
    if (!/[\w.-]/.test(text[at + clone.length] ?? '')) return true;
  }
  return false;
}

/** An env file of the clone is read as python-dotenv reads it, whoever else reads it. */
function isKnownEnvFile(path: string, clone: string): boolean {
  return isInside(path, clone) && isEnvFile(path);
}

function missing(file: string, line: number, why: string): Finding {
  return {
    code: 'unit-environment-file',
    level: 'warning',
    message: `An EnvironmentFile of this unit ${why}`,
    file,
    line,
    fix: 'If secrets are in it, put them into the new store yourself.',
  };
}
