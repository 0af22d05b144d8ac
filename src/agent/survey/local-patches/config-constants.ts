/**
 * Constants in upstream's code for which config.yaml has a key that the package reads. Only these lines are known to mean
 * the same; a patch that changes anything else is no configuration. Source: the public project's files of these names.
 */
export interface ConfigConstant {
  readonly file: RegExp;
  readonly line: RegExp;
  /** Dotted path in config.yaml. */
  readonly key: string;
  /** Where the legacy settings state the same; they win over the constant. */
  readonly stated?: readonly string[];
  /** The value in config.yaml; undefined where the constant's is none that the package takes. */
  readonly value: (text: string) => string | undefined;
}

const within = (from: number, to: number) => (text: string) =>
  Number(text) >= from && Number(text) <= to ? String(Number(text)) : undefined;

const MULTI = /^lib\/multi_project_config\.py$/;
const PROGRAMS = /^(?:scripts\/(?:multi_project_)?orchestrator|lib\/discord_bot)\.py$/;
const LEVELS: Readonly<Record<string, string>> = {
  WARNING: 'WARN',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  ERROR: 'ERROR',
  CRITICAL: 'CRITICAL',
};

export const CONFIG_CONSTANTS: readonly ConfigConstant[] = [
  {
    file: MULTI,
    line: /^ {4}max_concurrent_projects: int = (\d{1,9})$/,
    key: 'global.max_concurrent_projects',
    stated: ['global', 'max_concurrent_projects'],
    value: within(1, 50),
  },
  {
    file: MULTI,
    line: /^ {4}backup_retention_days: int = (\d{1,9})$/,
    key: 'global.data_retention_days',
    stated: ['global', 'backup_retention_days'],
    value: within(1, 365),
  },
  {
    file: MULTI,
    line: /^ {4}global_discord_guild: Optional\[str\] = (?:None|["'](\d{5,25})["'])$/,
    key: 'discord.guild_id',
    stated: ['global', 'global_discord_guild'],
    value: (text) => (text === '' ? undefined : `"${text}"`),
  },
  {
    file: PROGRAMS,
    line: /^ +level=logging\.([A-Z]+),$/,
    key: 'global.log_level',
    value: (text) => LEVELS[text],
  },
];

export interface ConfigValue {
  readonly key: string;
  readonly value: string;
  readonly stated: readonly string[] | undefined;
}

/** The settings that a patch of one file says, if it says nothing else; else undefined. */
export function settingsOfPatch(file: string, patch: Buffer): ConfigValue[] | undefined {
  const { removed, added } = changedLines(patch);
  if (removed.length === 0 || removed.length !== added.length) return undefined;
  const values = added.map((line, n): ConfigValue | undefined => {
    const constant = CONFIG_CONSTANTS.find(
      (one) => one.file.test(file) && one.line.test(line) && one.line.test(removed[n] ?? ''),
    );
    const value = constant?.value(constant.line.exec(line)?.[1] ?? '');
    return constant === undefined || value === undefined
      ? undefined
      : { key: constant.key, value, stated: constant.stated };
  });
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Line in the new file of the first change; undefined for a patch without text. */
export function firstChangedLine(patch: Buffer): number | undefined {
  let line: number | undefined;
  for (const text of patch.toString('latin1').split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk !== null) line = Number(hunk[1]);
    else if (line !== undefined && /^[+-]/.test(text)) return Math.max(line, 1);
    else if (line !== undefined) line++;
  }
  return undefined;
}

function changedLines(patch: Buffer): { removed: string[]; added: string[] } {
  const removed: string[] = [];
  const added: string[] = [];
  let inHunk = false;
  for (const line of patch.toString('utf8').split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false;
    else if (line.startsWith('@@ ')) inHunk = true;
    else if (inHunk && line.startsWith('-')) removed.push(line.slice(1).replace(/\r$/, ''));
    else if (inHunk && line.startsWith('+')) added.push(line.slice(1).replace(/\r$/, ''));
  }
  return { removed, added };
}
