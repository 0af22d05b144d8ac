import { createHash, randomBytes } from 'node:crypto';
import type { Digest } from '../../protocol/digest.ts';
import { TOOL } from '../../shared/tool.ts';
import type { LedgerRow } from '../plan/ledger.ts';
import type { PlanContent } from '../plan/plan.ts';

/**
 * The bytes that travel, are shown in Discord and are approved: what will be done, in kinds and numbers. Names, paths and
 * values stay on the machine; so does the plan itself, which these bytes bind by a commitment that nobody can try
 * guesses against.
 */
export interface TravellingPlan {
  readonly schema: 'awm/channel-plan/1';
  readonly agent: string;
  readonly job_type: 'apply' | 'rollback';
  readonly roots: readonly string[];
  readonly tool: string;
  readonly nonce: string;
  /** ISO 8601. */
  readonly created: string;
  readonly expires: string;
  /** SHA-256 of a secret nonce and the plan that stays on the machine. */
  readonly binds: Digest;
  /** Digest of the list of preconditions, which stays on the machine. */
  readonly preconditions: Digest;
  readonly actions: readonly Readonly<Record<string, string | number>>[];
  readonly ledger: readonly Readonly<Record<string, string>>[];
}

export type PlanFacts = Pick<
  TravellingPlan,
  'agent' | 'job_type' | 'roots' | 'created' | 'expires' | 'binds' | 'preconditions' | 'actions' | 'ledger'
>;

export function travellingPlan(facts: PlanFacts): Buffer {
  const plan: TravellingPlan = {
    schema: 'awm/channel-plan/1',
    ...facts,
    tool: TOOL,
    nonce: randomBytes(16).toString('hex'),
  };
  return Buffer.from(`${JSON.stringify(plan)}\n`);
}

/** Binds the bytes that travel to those that stay; `blind` stays too. */
export function commitTo(blind: string, bytes: Uint8Array | string): Digest {
  return createHash('sha256').update(`awm-plan-1 ${blind} `).update(bytes).digest('hex');
}

export function newBlind(): string {
  return randomBytes(32).toString('hex');
}

/** Actions and ledger of a migration under pseudonyms: `file-3` is the third file of the ledger on the machine. */
export function pseudonymous({
  actions,
  ledger,
}: Pick<PlanContent, 'actions' | 'ledger'>): Pick<PlanFacts, 'actions' | 'ledger'> {
  const names = pseudonyms(ledger);
  return {
    actions: actions.map(({ phase, action, from }, index) => {
      const source = from === undefined ? undefined : names.get(`file\0${from}`);
      return {
        phase,
        action,
        what: `change-${index + 1}`,
        ...(source === undefined ? {} : { from: source }),
      };
    }),
    ledger: ledger.map(({ kind, item, fate }) => ({
      kind,
      item: names.get(`${kind}\0${item}`) ?? kind,
      fate,
    })),
  };
}

function pseudonyms(ledger: readonly LedgerRow[]): Map<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    ledger.map(({ kind, item }) => {
      const n = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, n);
      return [`${kind}\0${item}`, `${kind}-${n}`];
    }),
  );
}
