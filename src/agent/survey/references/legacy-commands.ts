/**
 * What the programs of a legacy clone do, as a command of the package. Only what is known from both programs' own code is
 * here; any other argument has no translation. Source: `scripts/`, `lib/discord_bot.py` and `agent_workflow/cli` of the
 * public project.
 */
export type Translation = { readonly args: readonly string[] } | { readonly why: string };

const ORCHESTRATOR = 'scripts/orchestrator.py';
const MULTI = 'scripts/multi_project_orchestrator.py';
const BOT = 'lib/discord_bot.py';

/** Options of the multi-project orchestrator that have an equal of the package. `--daemon` only means "no inner shell". */
const MULTI_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '--daemon': [],
  '--enable-discord': ['--discord'],
  '--debug': ['--log-level', 'DEBUG'],
};

/** `program`: path in the clone. Undefined for what is none of the programs that people start. */
export function translate(program: string, args: readonly string[]): Translation | undefined {
  switch (program) {
    case ORCHESTRATOR:
      return args.length === 0 ? { args: ['start'] } : unknown(args);
    case BOT:
      return args.length === 0 ? { args: ['start', '--discord'] } : unknown(args);
    case MULTI:
      return translateMulti(args);
    default:
      return /(?:^|\/)bin\/(?:agent-orch|aw)$/.test(program) ? sameCommand(args) : undefined;
  }
}

/** The package's own command, only from another place. Arguments that are paths may mean something in the clone. */
export function sameCommand(args: readonly string[]): Translation {
  const path = args.find((arg) => !arg.startsWith('-') && /[/.$~]/.test(arg));
  if (args[0] === undefined) return { why: 'it names no command' };
  if (path !== undefined) return { why: 'one of its arguments is a path' };
  const odd = args.find((arg) => !/^[\w=-]+$/.test(arg));
  return odd === undefined ? { args } : { why: 'its arguments cannot be taken over as they are' };
}

function translateMulti(args: readonly string[]): Translation {
  if (!args.includes('--daemon'))
    return { why: 'it opens a shell of its own, which the package does not have' };
  const known = args.flatMap((arg) => (Object.hasOwn(MULTI_OPTIONS, arg) ? [MULTI_OPTIONS[arg] ?? []] : []));
  return known.length < args.length ? unknown(args) : { args: ['start', ...known.flat()] };
}

function unknown(args: readonly string[]): Translation {
  return { why: args.length === 1 ? 'its argument has no equal' : 'its arguments have no equal' };
}
