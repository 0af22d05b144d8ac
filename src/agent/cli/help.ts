import { EXITS } from './exits.ts';
import { VERBS } from './index.ts';
import { COMMON_OPTIONS, type Verb, type VerbOption } from './verb.ts';

export function generalHelp(): string[] {
  const width = Math.max(...VERBS.map(({ name }) => name.length));
  return [
    'migration-agent: moves an agent-workflow git clone to the pip package, with nothing lost.',
    '',
    'Usage: migration-agent COMMAND [OPTIONS]',
    '',
    ...VERBS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'migration-agent COMMAND --help tells more about each.',
  ];
}

export function verbHelp(verb: Verb): string[] {
  const options: [string, VerbOption][] = Object.entries({ ...verb.options, ...COMMON_OPTIONS });
  const shown = options.map(
    ([name, { value, multiple, about }]) =>
      [`--${name}${value === undefined ? '' : ` ${value}`}${multiple === true ? '…' : ''}`, about] as const,
  );
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    `migration-agent ${verb.name} ${verb.usage}`.trimEnd(),
    '',
    `${verb.summary[0]?.toUpperCase()}${verb.summary.slice(1)}.`,
    '',
    'Options:',
    ...shown.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'Exit codes:',
    ...Object.entries(EXITS).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ];
}
