import { shortPath } from '../paths.ts';
import { type Consent, type Policy, policyFile, readPolicy } from '../policy.ts';
import type { Verb } from './verb.ts';
import { facts } from './views/table.ts';

export const policy: Verb = {
  name: 'policy',
  summary: 'what the bot may ask for on this computer, and who has to agree',
  usage: '',
  options: {},
  arguments: 0,
  async run({ system, settings }) {
    const now = readPolicy(system, settings.home);
    const file = policyFile(settings.home);
    const isThere = system.lstat(file) !== undefined;
    const { classes, assessOnly, roots, quiet } = now;
    const result = {
      file,
      present: isThere,
      read: classes.read,
      write: classes.write,
      destroy: classes.destroy,
      assess_only: assessOnly,
      roots: roots ?? null,
      quiet_hours: quiet === undefined ? null : hours(quiet),
    };
    const shown = shortPath(file, system.home);
    return {
      exit: 0,
      result,
      text: [
        ...facts(rowsOf(now)),
        '',
        isThere
          ? `From ${shown}. It can only narrow what is allowed, and nothing from outside changes it.`
          : `Nothing narrows it: there is no ${shown}. It can hold read, write, destroy, assess_only, roots, quiet_hours.`,
      ],
    };
  },
};

const WORDS: Readonly<Record<Consent, string>> = {
  auto: 'allowed',
  discord: 'by an approval of the owner in Discord',
  terminal: 'only by a command that is typed here',
};

function rowsOf({ classes, assessOnly, roots, quiet }: Policy): (readonly [string, string])[] {
  return [
    ['Looking', WORDS[classes.read]],
    ['Migrating, rolling back', assessOnly ? 'not at all (assess_only)' : WORDS[classes.write]],
    ['Deleting', WORDS[classes.destroy]],
    ['Folders', roots === undefined ? 'all that are registered' : roots.join(', ') || 'none'],
    ['Quiet hours', quiet === undefined ? 'none' : `${hours(quiet)}: nothing is written`],
  ];
}

/** `22:00-07:00` */
function hours([from, to]: readonly [number, number]): string {
  const clock = (minutes: number) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return `${clock(from)}-${clock(to)}`;
}
