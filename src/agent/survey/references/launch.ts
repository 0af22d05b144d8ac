import { basename, delimiter, dirname } from 'node:path';
import type { ReadSystem } from '../../system.ts';
import { findCommand, type PackageProbe } from '../package-probe.ts';

/** How the package is started through this program, which gives it the stored secrets. */
export interface Launch {
  /** Absolute words that start this program from anywhere. */
  readonly agent: readonly string[];
  readonly probe: PackageProbe;
  /** The configuration home. */
  readonly target: string;
  /** The package finds that home without being told. */
  readonly isDefaultTarget: boolean;
}

/** What a person types on a command line of theirs, and what a job needs that knows no PATH. */
export type LaunchPlace = 'terminal' | 'anywhere';

const PLAIN = /^[\w./@+:,-]+$/;

/**
 * The command that starts the package with these arguments, or (`why`) the reason why there is none. Nothing is quoted: a
 * path that needs it is a reason, too, since the same words stand in shells, units and crontabs.
 */
export function launchWords(
  system: ReadSystem,
  { agent, probe, target, isDefaultTarget }: Launch,
  args: readonly string[],
  place: LaunchPlace,
): { readonly words: string } | { readonly why: string } {
  if (!probe.installed) return { why: 'the package is not installed here yet' };
  const [command = 'start'] = args;
  if (!probe.commands.includes(command)) return { why: `the installed package has no command "${command}"` };
  if (args.includes('--discord') && probe.runsDiscord !== 'yes')
    return {
      why: 'the installed package does not run the Discord bot by itself: stay with this line for now',
    };
  const short = (path: string) =>
    place === 'terminal' && isFirstOnPath(system, path) ? basename(path) : path;
  const words = [
    ...(isDefaultTarget ? [] : ['/usr/bin/env', `AGENT_WORKFLOW_CONFIG_DIR=${target}`]),
    ...(agent.length === 1 ? agent.map(short) : agent),
    'exec',
    '--',
    short(probe.command),
    ...args,
  ];
  const odd = words.find((word) => !PLAIN.test(word.replace('=', '')));
  return odd === undefined ? { words: words.join(' ') } : { why: `${odd} would have to be quoted` };
}

/** For a sentence: how it is called in the documentation. */
export function spokenLaunch(args: readonly string[]): string {
  return ['migration-agent exec -- agent-orch', ...args].join(' ');
}

function isFirstOnPath(system: ReadSystem, path: string): boolean {
  const folders = (system.env['PATH'] ?? '').split(delimiter);
  return folders.includes(dirname(path)) && findCommand(system, [basename(path)]) === path;
}
