import { join } from 'node:path';
import { parse } from 'yaml';
import { type Digest, digestOf } from '../protocol/digest.ts';
import { FORMS } from '../protocol/ids.ts';
import { JOBS, type JobClass, type JobType } from '../protocol/jobs.ts';
import type { RejectCode } from '../protocol/reject-codes.ts';
import { AppError } from '../shared/errors.ts';
import type { AgentHome } from './agent-home.ts';
import { readTextIfThere } from './files.ts';
import { whyNotOurs } from './ownership.ts';
import type { ReadSystem } from './system.ts';

/**
 * Who has to agree before a job of a class runs: nobody, the owner in Discord, or somebody at this computer. This version
 * carries out what needs the terminal only as a command that is typed there.
 */
export type Consent = 'auto' | 'discord' | 'terminal';

export interface Policy {
  readonly classes: Readonly<Record<JobClass, Consent>>;
  /** True: nothing but reads. */
  readonly assessOnly: boolean;
  /** Ids of the only roots that Discord may name; undefined: all that are registered. */
  readonly roots: readonly string[] | undefined;
  /** Local minutes of the day, from and to, in which nothing is written; undefined: none. */
  readonly quiet: readonly [number, number] | undefined;
}

/** channel.md §6. The file can only make it narrower. */
export const DEFAULT_POLICY: Policy = {
  classes: { read: 'auto', write: 'discord', destroy: 'terminal' },
  assessOnly: false,
  roots: undefined,
  quiet: undefined,
};

const FILE = 'policy.yml';
const ORDER: readonly Consent[] = ['auto', 'discord', 'terminal'];
const KEYS = ['read', 'write', 'destroy', 'assess_only', 'roots', 'quiet_hours'];

export function policyFile(home: AgentHome): string {
  return join(home.path, FILE);
}

/**
 * The policy of policy.yml in the agent's home; the default where there is none. It is never changed from outside.
 * @throws CONFIG_INVALID naming all problems at once: unknown keys, and whatever would widen the default
 */
export function readPolicy(system: ReadSystem, home: AgentHome): Policy {
  const file = policyFile(home);
  const text = readTextIfThere(system, file);
  if (text === undefined) return DEFAULT_POLICY;
  const stranger = whyNotOurs(system, file);
  const content = mapOf(text, file);
  const problems = [
    ...(stranger === undefined ? [] : [`somebody else could change it: ${stranger}`]),
    ...Object.keys(content).flatMap((key) =>
      KEYS.includes(key) ? [] : [`${key} is no key of it (known are ${KEYS.join(', ')})`],
    ),
  ];
  const consent = (of: JobClass): Consent => {
    const least = DEFAULT_POLICY.classes[of];
    const value = content[of] ?? least;
    const isNarrower = ORDER.indexOf(value as Consent) >= ORDER.indexOf(least);
    if (!isNarrower) problems.push(`${of} can be ${ORDER.slice(ORDER.indexOf(least)).join(' or ')}`);
    return value as Consent;
  };
  const policy: Policy = {
    classes: { read: consent('read'), write: consent('write'), destroy: consent('destroy') },
    assessOnly: flagOf(content['assess_only'], problems),
    roots: rootsOf(content['roots'], problems),
    quiet: quietOf(content['quiet_hours'], problems),
  };
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', { problems: problems.join('; ') }, { file });
  return policy;
}

/** Reads that leave a folder for the person on this machine: not where nothing is to be written. */
const LEAVES_FILES: readonly JobType[] = ['export'];

/** Why the policy of this machine does not let a job that came from Discord run; undefined if it does. */
export function refuseByPolicy(
  policy: Policy,
  type: JobType,
  root: string | undefined,
  now: Date,
): RejectCode | undefined {
  const jobClass: JobClass = JOBS[type].class;
  if (root !== undefined && policy.roots?.includes(root) === false) return 'PATH_DENIED';
  const consent = policy.classes[jobClass];
  if (consent === 'terminal' || (consent === 'discord' && jobClass === 'read')) return 'LOCAL_DENIED';
  if (LEAVES_FILES.includes(type) && policy.classes.write === 'terminal') return 'LOCAL_DENIED';
  if (jobClass === 'read' && !LEAVES_FILES.includes(type)) return undefined;
  return policy.assessOnly || isQuiet(policy.quiet, now) ? 'LOCAL_DENIED' : undefined;
}

/** Tells the bot that the policy is another one, not what it says. */
export function policyDigest(policy: Policy): Digest {
  return digestOf(JSON.stringify(policy));
}

function isQuiet(quiet: Policy['quiet'], now: Date): boolean {
  if (quiet === undefined) return false;
  const minute = now.getHours() * 60 + now.getMinutes();
  const [from, to] = quiet;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

function mapOf(text: string, file: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    const line = (error as { linePos?: [{ line: number }] }).linePos?.[0].line;
    throw new AppError('CONFIG_INVALID', { problems: 'it is not valid YAML' }, { file, line });
  }
  if (content === null) return {};
  if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>;
  throw new AppError('CONFIG_INVALID', { problems: 'it must be a list of "key: value" lines' }, { file });
}

function flagOf(value: unknown, problems: string[]): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  problems.push('assess_only must be true or false');
  return true;
}

function rootsOf(value: unknown, problems: string[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const isRoot = (id: unknown): id is string => typeof id === 'string' && new RegExp(FORMS.root).test(id);
  if (Array.isArray(value) && value.every(isRoot)) return value;
  problems.push('roots must be a list of ids that `roots list` shows');
  return [];
}

function quietOf(value: unknown, problems: string[]): Policy['quiet'] {
  if (value === undefined) return undefined;
  const match =
    typeof value === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(value) : null;
  if (match === null) {
    problems.push('quiet_hours must read "22:00-07:00"');
    return undefined;
  }
  const minutes = (at: number) => Number(match[at]) * 60 + Number(match[at + 1]);
  return [minutes(1), minutes(3)];
}
