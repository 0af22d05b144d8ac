import { join } from 'node:path';
import { installUpstream } from '../helpers/upstream-package.ts';
import { type Migrated, migrateWithOurs, migrateWithTheirs } from './contenders.ts';
import { exampleValues, judge, strangers } from './outcomes.ts';
import { type Compared, page, type Side } from './page.ts';
import { readFacts } from './read.ts';
import { KINDS, type Kind, type Subject } from './subjects.ts';

/** The page that compares both migrators, made anew; all that is written goes below `folder`. */
export function compareWithUpstream(upstream: string, folder: string): string {
  const agentOrch = installUpstream(upstream, join(folder, 'upstream'));
  return page(
    KINDS.map(
      (kind): Compared => ({
        name: kind.name,
        what: kind.what,
        theirs: sideOf(kind, join(folder, 'theirs', kind.name), (subject) =>
          migrateWithTheirs(agentOrch, subject),
        ),
        ours: oursOf(kind, join(folder, 'ours', kind.name)),
      }),
    ),
  );
}

/** Our half of it, which needs nothing of the package. */
export function oursOf(kind: Kind, root: string): Side {
  return sideOf(kind, root, migrateWithOurs);
}

function sideOf(kind: Kind, root: string, migrate: (subject: Subject) => Migrated): Side {
  const subject = kind.build(root);
  const before = readFacts(subject);
  const migrated = migrate(subject);
  const after = readFacts(subject);
  return {
    migrated,
    items: judge(subject, before, after, migrated.told),
    exampleValues: exampleValues(after),
    strangers: strangers(subject, after),
  };
}
