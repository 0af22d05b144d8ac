import { ERRORS, type ErrorName, errorLabel } from './errors.ts';

/** docs/errors.md, made of the registry; a test compares the two. */
export function errorReference(): string {
  const rows = (Object.keys(ERRORS) as ErrorName[]).map((name) => {
    const { message, hint, retryable } = ERRORS[name];
    return `| ${errorLabel(name)} | ${name} | ${cell(message)} | ${cell(hint)} | ${retryable ? 'yes' : 'no'} |`;
  });
  return [
    '# Errors',
    '',
    'Every failure that the agent tells in words. `{name}` stands for what is filled in. "Retryable" means that the same',
    'command may succeed later without changing anything by hand. A fault of the program itself is AWM-1999 with a',
    'reference; its details are in the log file that the message names.',
    '',
    'This page is generated from `src/shared/errors.ts` by `npm run docs`.',
    '',
    '| number | name | message | hint | retryable |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
