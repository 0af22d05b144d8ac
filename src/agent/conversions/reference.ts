import { CONVERSIONS } from './index.ts';
import { RENAMES } from './renames.ts';

/** docs/conversions.md, made of the list; a test compares the two. */
export function conversionReference(): string {
  const rows = CONVERSIONS.map(({ id, version, about, inverse }) => {
    const back = 'none' in inverse ? `none: ${inverse.none}` : inverse.about;
    return `| ${id} | ${version} | ${cell(about)} | ${cell(back)} |`;
  });
  const renames = RENAMES.map(
    ({ roles, from, to }) =>
      `| \`${from}\` | ${roles.join(', ')} | ${to.map((path) => `\`${path}\``).join(', ')} |`,
  );
  return [
    '# Conversions',
    '',
    'The rules by which an old installation becomes a configuration home, in the order in which they run. A receipt names',
    'the versions that were in force. The way back is what the old installation would have to say for the home to be as it is:',
    'a rollback lists by it the settings that were changed in the home since the migration.',
    '',
    'This page is generated from `src/agent/conversions` by `npm run docs`.',
    '',
    '| rule | version | what it does | the way back |',
    '|---|---|---|---|',
    ...rows,
    '',
    '## Keys with a place of their own',
    '',
    'Of two rows that state the same setting the earlier one wins, after the order of the files.',
    '',
    '| old key | in files of the kind | new key of config.yaml |',
    '|---|---|---|',
    ...renames,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
