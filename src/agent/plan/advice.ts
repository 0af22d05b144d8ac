import type { Draft } from '../conversions/draft.ts';
import type { Ability, InstalledPackage, PackageProbe } from '../survey/package-probe.ts';
import type { Survey } from '../survey/survey.ts';

/** What a person should know before they agree: whether something that they use would stand idle afterwards. */
export interface Advice {
  readonly recommendation: 'migrate' | 'stay for now';
  readonly stops: readonly StoppedUse[];
}

export interface StoppedUse {
  /** What is used now: "the Discord bot". */
  readonly what: string;
  /** Why it would stop, as a sentence. */
  readonly why: string;
  /** What can be done instead, as a sentence; undefined where nothing can. */
  readonly instead?: string | undefined;
}

type Situation = { readonly survey: Survey; readonly draft: Draft };

/** Each use of the old tool that the package may lack, judged by the package's own code. */
const USES: readonly {
  readonly ability: (probe: InstalledPackage) => Ability;
  readonly isUsed: (situation: Situation) => boolean;
  readonly stop: StoppedUse;
}[] = [
  {
    ability: ({ runsDiscord }) => runsDiscord,
    isUsed: ({ draft, survey }) =>
      draft.get(['discord', 'guild_id']) !== undefined || hasSecret({ draft, survey }, 'discord_bot_token'),
    stop: { what: 'the Discord bot', why: 'The installed package starts no Discord bot.' },
  },
  {
    ability: ({ readsStore }) => readsStore,
    isUsed: ({ draft, survey }) => draft.secrets.length > 0 || (survey.target.vault?.names().length ?? 0) > 0,
    stop: {
      what: 'the stored secrets',
      why: 'The installed package does not read credentials.enc.',
      instead: 'Start its commands with `migration-agent exec -- COMMAND`, which gives them the secrets.',
    },
  },
  {
    ability: ({ readsAgents }) => readsAgents,
    isUsed: ({ survey }) => survey.inventory.files.some(({ kind }) => kind === 'agent'),
    stop: { what: 'your own agents', why: 'The installed package does not read agent files.' },
  },
];

/** Without a package nobody can tell; what is not used, or may be there, is no reason to stay. */
export function adviceFor(survey: Survey, draft: Draft, probe: PackageProbe): Advice {
  const stops = probe.installed
    ? USES.filter(({ ability, isUsed }) => ability(probe) === 'no' && isUsed({ survey, draft })).map(
        ({ stop }) => stop,
      )
    : [];
  return { recommendation: stops.length === 0 ? 'migrate' : 'stay for now', stops };
}

function hasSecret({ draft, survey }: Situation, key: string): boolean {
  return (
    draft.secrets.some(({ credentialKey }) => credentialKey === key) || survey.target.vault?.has(key) === true
  );
}
