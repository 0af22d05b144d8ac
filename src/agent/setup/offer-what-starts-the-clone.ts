import type { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import { shellPath, shortPath } from '../paths.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import { Attempts } from './attempts.ts';
import type { SetupPlaces } from './do-actions.ts';
import { isOfClone } from './installed-package.ts';
import { findLeftovers } from './leftovers.ts';
import { type OfferedLeftovers, offerLeftovers } from './offer-leftovers.ts';
import { type OfferedReferences, offerReferences } from './offer-references.ts';
import type { Talk } from './talk.ts';

/** Lines and commands outside of the new home that start the clone, and what became of them. */
export interface WhatStartsTheClone {
  readonly references: OfferedReferences;
  readonly leftovers: OfferedLeftovers;
  /** What did not work; the migration itself is done all the same. */
  readonly problems: readonly AppError[];
}

/**
 * Offers to replace each line that starts the clone and to rename each command that does, the lines first: one that can
 * start the package instead needs no new name. Where nobody can be asked everything stays as it is. Commands stay, too, as
 * long as no package could take their place.
 */
export async function offerWhatStartsTheClone(
  talk: Talk,
  places: SetupPlaces,
  probe: PackageProbe,
): Promise<WhatStartsTheClone> {
  const { system } = talk;
  const { source } = places;
  const attempts = new Attempts();
  const { problems } = attempts;
  const references = await attempts.attempt(() => offerReferences(talk, places, probe), {
    found: 0,
    replaced: [],
    needYou: 0,
    left: [],
  });
  const hasPackage = probe.installed && !isOfClone(system, probe, source);
  const leftovers = hasPackage
    ? await attempts.attempt(() => offerLeftovers(talk, places), {
        found: findLeftovers(system, source),
        moved: [],
      })
    : { found: findLeftovers(system, source), moved: [] };
  return { references, leftovers, problems };
}

/** What still starts the clone, and how to deal with it; empty where nothing does. */
export function stillStartsTheClone(
  { references, leftovers }: WhatStartsTheClone,
  source: string,
  home: string,
): string[] {
  const paths = leftovers.found.map(({ path }) => path);
  const lines = references.left.filter((file) => !paths.includes(file)).length;
  const commands = leftovers.found.filter(({ path }) => !leftovers.moved.includes(path));
  if (lines + commands.length === 0) return [];
  return [
    'Still starts the old clone',
    ...(lines === 0
      ? []
      : [`  ${counted(lines, 'line')} of your files: migration-agent references shows each`]),
    ...commands.map(({ path, why }) => `  ${shortPath(path, home)}, ${why}`),
    ...(commands.length === 0
      ? []
      : [
          `  To rename commands: migration-agent migrate-from-git ${shellPath(source, home)} --automated --install-package at a terminal, which asks before each step`,
        ]),
  ];
}
