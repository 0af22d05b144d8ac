import { hash } from 'node:crypto';
import type { Agent } from '../../../../../services/store/records/agents.ts';
import type { Approval } from '../../../../../services/store/records/approvals.ts';
import type { Presser, Scope } from '../../../../../services/store/records/database.ts';
import type { Job } from '../../../../../services/store/records/jobs.ts';
import type { Records } from '../../../../../services/store/records/records.ts';

export const START = Date.UTC(2026, 0, 15, 14, 30);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const ANA: Scope = { guild: '100000000000000001', owner: '200000000000000001' };
export const BEN: Scope = { guild: ANA.guild, owner: '200000000000000002' };
/** The same person in another server is nobody there. */
export const ANA_ELSEWHERE: Scope = { guild: '100000000000000009', owner: ANA.owner };
export const STRANGERS: readonly Scope[] = [BEN, ANA_ELSEWHERE];

export function presser({ guild, owner }: Scope): Presser {
  return { guild, user: owner };
}

/** A fresh database, and a clock that stands still until it is told. */
export interface World {
  readonly records: Records;
  readonly clock: { now: number };
}

export type OpenRecords = (now: () => number) => Promise<Records>;

let made = 0;

/** An id that no other has; its letters do not matter to the store. */
export function anId(prefix: string): string {
  made++;
  return `${prefix}_${String(made).padStart(8, '0')}`;
}

export function aKey() {
  const thumbprint = anId('thumb');
  return {
    label: 'laptop',
    os: 'linux',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: thumbprint } as const,
    thumbprint,
  };
}

export async function anAgent({ records }: World, scope = ANA): Promise<Agent> {
  return await records.agents.add({ id: anId('ag'), ...scope, ...aKey() });
}

export async function aJob({ records }: World, agent: Agent, type = 'plan'): Promise<Job> {
  const { guild, owner } = agent;
  return await records.jobs.create({ id: anId('job'), agent: agent.id, type, guild, owner, actor: owner });
}

export async function aPlan(
  world: World,
  agent: Agent,
  expiresAt = START + HOUR,
): Promise<{ digest: string; bytes: Uint8Array; job: Job }> {
  const job = await aJob(world, agent);
  const bytes = Buffer.concat([Buffer.from(anId('plan')), Buffer.from([0, 0xff, 0x80, 0x0a])]);
  const digest = hash('sha256', bytes, 'hex');
  await world.records.plans.store({ digest, agent: agent.id, job: job.id, bytes, expiresAt });
  return { digest, bytes, job };
}

export async function anApproval(world: World, agent: Agent, message = 'm1'): Promise<Approval> {
  const { digest } = await aPlan(world, agent);
  const approval = await world.records.approvals.create({
    ...presser(agent),
    agent: agent.id,
    jobType: 'apply',
    plan: digest,
  });
  await world.records.approvals.attach(approval, message);
  return { ...approval, message };
}
