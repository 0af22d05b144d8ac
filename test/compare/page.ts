import type { Migrated } from './contenders.ts';
import { type Item, OUTCOMES, type Outcome } from './outcomes.ts';

export interface Side {
  readonly migrated: Migrated;
  readonly items: readonly Item[];
  readonly exampleValues: number;
  readonly strangers: number;
}

export interface Compared {
  readonly name: string;
  readonly what: string;
  readonly theirs: Side;
  readonly ours: Side;
}

const KINDS = ['setting', 'project', 'state', 'secret', 'file'] as const;
const PLURALS = {
  setting: 'settings',
  project: 'projects',
  state: 'state folders',
  secret: 'secrets',
  file: 'files',
};

/** `docs/compare-with-upstream.md`. */
export function page(compared: readonly Compared[]): string {
  return [
    '# Beside the package’s own migrator',
    '',
    'What `agent-orch migrate-from-git` of the package and our `migrate-from-git` carry over from the same generated',
    'installations. `UPSTREAM_CLONE=DIR node scripts/compare-with-upstream.ts` writes this page anew; DIR is a clone of',
    'jmontp/agent-workflow, and Python needs click, rich, yaml and cryptography. The installations are those of',
    '`test/fixtures`: built twice, one for each migrator, in a home folder of its own. Afterwards Python reads both new homes:',
    'PyYAML the settings, Fernet the secrets, SHA-256 the files. What is compared is the person’s own: each value of each',
    'settings file that PyYAML can read, each project, its state folder, each secret that stands in the clone, and each file.',
    '',
    '- Where the package’s migrator carries nothing over at first, it gets a second try without its backup, and with empty',
    '  folders where it demands folders. Where ours stops with open questions, the second try answers each with the first option.',
    '- “Carried exactly” is the same value at a place that the package reads; for a file the same bytes; for a secret the',
    '  encrypted store of the new home; for a state folder the same bytes, and an entry in the registry that names its project.',
    '- “Said so” means that a warning or the ledger of the run names it.',
    '- The package lists folders in the order of the disk; here they are sorted, so that the table is the same everywhere.',
    '',
    '## In short',
    '',
    '| installation | | tries: exit, what it said | carried, also as a patch or under another name | kept, not read | example values taken | lost without a word |',
    '|---|---|---|---|---|---|---|',
    ...compared.flatMap((each) => [
      inShort(each.name, 'theirs', each.theirs),
      inShort('', 'ours', each.ours),
    ]),
    '',
    ...compared.flatMap(section),
  ].join('\n');
}

function inShort(name: string, who: string, { migrated, items, exampleValues }: Side): string {
  const count = (...outcomes: Outcome[]) => items.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const tries = migrated.attempts.map(
    ({ exit, saysSuccess }) => `${exit}, ${saysSuccess ? 'success' : 'no success'}`,
  );
  const carried = `${count('carried', 'renamed', 'patch')} of ${items.length}`;
  return `| ${name} | ${who} | ${tries.join('; ')} | ${carried} | ${count('kept')} | ${exampleValues} | ${count('lost', 'unlinked')} |`;
}

function section({ name, what, theirs, ours }: Compared): string[] {
  const typed = (who: string, { migrated }: Side) =>
    migrated.attempts.map(
      ({ typed, exit, saysSuccess }) =>
        `- ${who}: \`${typed}\`: exit ${exit}, ${saysSuccess ? 'says that it succeeded' : 'does not say that it succeeded'}`,
    );
  return [
    `## ${name}: ${what}`,
    '',
    ...typed('theirs', theirs),
    ...typed('ours', ours),
    '',
    '| | what became of it | theirs | ours |',
    '|---|---|---|---|',
    ...counts(theirs, ours),
    `| in the new home | values of example files | ${theirs.exampleValues} | ${ours.exampleValues} |`,
    `| in the new home | projects that are none of the person’s | ${theirs.strangers} | ${ours.strangers} |`,
    '',
    '| | | theirs | ours |',
    '|---|---|---|---|',
    ...rows(theirs.items, ours.items),
    '',
  ];
}

function counts(theirs: Side, ours: Side): string[] {
  return KINDS.flatMap((kind) =>
    (Object.keys(OUTCOMES) as Outcome[]).flatMap((outcome) => {
      const [a, b] = [theirs, ours].map(
        ({ items }) => items.filter((item) => item.kind === kind && item.outcome === outcome).length,
      );
      return a === 0 && b === 0 ? [] : [`| ${PLURALS[kind]} | ${OUTCOMES[outcome]} | ${a} | ${b} |`];
    }),
  );
}

/** One line for each item; projects that are alike but for their number share one. */
function rows(theirs: readonly Item[], ours: readonly Item[]): string[] {
  const alike = new Map<string, number>();
  theirs.forEach((item, n) => {
    const name = item.name.replace(/project-\d+/g, 'project-*');
    const other = ours[n] as Item;
    const row = `| ${item.kind} | \`${name}\`@ | ${OUTCOMES[item.outcome]} | ${OUTCOMES[other.outcome]} |`;
    alike.set(row, (alike.get(row) ?? 0) + 1);
  });
  return [...alike].map(([row, count]) => row.replace('`@', count === 1 ? '`' : `\`, ${count} of them`));
}
