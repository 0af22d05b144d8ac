import { scalar } from '../yaml/build.ts';
import { leavesOf, nodeAt } from '../yaml/leaves.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Inverse, OldValue } from './inverse.ts';
import { RENAMES, SECTIONS } from './renames.ts';

/** The file of each role that goes first. */
const MAIN = 'config.yml';
const BOT = 'discord-bot.config';

/** Words that the old tool spells otherwise. */
const OLD_WORDS: Readonly<Record<string, string>> = { 'global.log_level:WARN': 'WARNING' };

/** For each place of the table its first key: where rows state the same setting, that one wins. */
export const renameBack: Inverse = {
  about: `settings, each under its first key in ${MAIN}`,
  give: ({ config }) => {
    const first = new Map(
      RENAMES.filter(({ roles }) => roles.includes('main'))
        .reverse()
        .map(({ from, to }) => [to[0] as string, from]),
    );
    return [...first].flatMap(([place, from]): OldValue[] => {
      const node = nodeAt(config, place.split('.'));
      if (node === undefined || isNull(node)) return [];
      return [{ file: MAIN, path: from.split('.'), value: inOldWords(place, node) }];
    });
  },
};

/** Keys of a section that the package does not know. `isOwnKey` tells the others. */
export function sectionsBack(isOwnKey: (path: string) => boolean): Inverse {
  return {
    about: `unknown keys of known sections, in ${MAIN} or ${BOT}`,
    give: ({ config }) =>
      SECTIONS.flatMap(({ roles, from, to }): OldValue[] => {
        const section = nodeAt(config, to.split('.'));
        if (section?.kind !== 'map') return [];
        const others = section.entries.filter(
          ({ key }) =>
            !isOwnKey(`${to}.${key.source}`) && !SECTIONS.some((one) => one.to === `${to}.${key.source}`),
        );
        const file = roles.includes('main') ? MAIN : BOT;
        return others.map(({ key, value }) => ({ file, path: [from, key.source], value }));
      }),
  };
}

/** Every key under `legacy`, to the file that it is of. */
export const legacyBack: Inverse = {
  about: 'every key under legacy, in the file that it came from',
  give: ({ config }) => {
    const legacy = nodeAt(config, ['legacy']);
    const files = legacy?.kind === 'map' ? legacy.entries : [];
    return files
      .filter(({ key }) => key.source !== 'env' && key.source !== 'recovered')
      .flatMap(({ key, value }) => valuesIn(key.source, [], value));
  },
};

/** Lists are one value, since a key of a list cannot be told without the others. */
function valuesIn(file: string, path: readonly string[], node: YamlNode): OldValue[] {
  if (node.kind !== 'map' || node.entries.length === 0) return [{ file, path, value: node }];
  return node.entries.flatMap(({ key, value }) => valuesIn(file, [...path, key.source], value));
}

/** Variables that are settings. */
export const variablesBack: Inverse = {
  about: 'settings among the variables, in .env',
  give: ({ config }) => {
    const env = nodeAt(config, ['legacy', 'env']);
    return env?.kind === 'map'
      ? leavesOf(env).map(({ path, node }) => ({ file: '.env', path, value: node }))
      : [];
  },
};

function inOldWords(place: string, node: YamlNode): YamlNode {
  const word = node.kind === 'scalar' ? OLD_WORDS[`${place}:${String(node.value)}`] : undefined;
  return word === undefined ? node : scalar(word);
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}
