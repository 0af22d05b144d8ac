import { refuseActor } from '../../protocol/actor.ts';
import { type ReceivedCommand, verifyCommand } from '../../protocol/commands.ts';
import { FORMS } from '../../protocol/ids.ts';
import { JOBS } from '../../protocol/jobs.ts';
import { unverifiedClaims } from '../../protocol/jws.ts';
import { MAX_NUMBER } from '../../protocol/limits.ts';
import type { Command, JobRun } from '../../protocol/messages.ts';
import { type RejectCode, reject } from '../../protocol/reject-codes.ts';
import type { JobRunner } from '../jobs/runner.ts';
import { planPart } from '../jobs/runner.ts';
import type { PlanRecord } from '../jobs/stored-plans.ts';
import type { AuditLog } from './audit.ts';
import type { ChannelHome } from './channel-home.ts';
import type { Clocks } from './clocks.ts';
import type { LedgerRecord } from './command-ledger.ts';
import type { Events } from './events.ts';
import { type DeciderParts, JobDecider } from './job-decider.ts';
import { type Notices, requestLine } from './local-notice.ts';
import { standsStill } from './standstill.ts';

export interface DoorParts extends DeciderParts {
  readonly events: Events;
  readonly audit: AuditLog;
  readonly notices: Notices;
  readonly runner: JobRunner;
  readonly home: ChannelHome;
  /** The bot asked to forget the pairing. */
  unpair(): void;
}

/**
 * - `taken`: it was the bot's, whatever was decided
 * - `foreign`: not signed by the bot for this computer; nothing is told to whoever sent it
 * - `clocks-parted`: not looked at yet; a new connection measures the clocks again, and it comes again
 */
export type Verdict = 'taken' | 'foreign' | 'clocks-parted';

/** Codes that are found before anybody knows that the bot signed it for this computer. */
const FOREIGN: readonly RejectCode[] = ['BAD_SIGNATURE', 'WRONG_TYPE', 'WRONG_AUDIENCE'];

type Note = Pick<LedgerRecord, 'job' | 'type' | 'digest' | 'plan' | 'interaction' | 'run'>;

/**
 * Every command comes in here and nowhere else: verify, actor and policy, one record in the ledger with one sync, and only
 * then act. Refusals are recorded the same way.
 */
export class CommandDoor {
  readonly #parts: DoorParts;
  /** The hub knows more of us than we do: our memory went back in time. Nothing is written then. */
  regressed = false;
  readonly #decider: JobDecider;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#decider = new JobDecider(parts);
  }

  async receive(raw: string, clocks: Clocks): Promise<Verdict> {
    const { identity, ledger } = this.#parts;
    const verified = await verifyCommand(raw, {
      bot: identity.bot,
      botId: identity.botId,
      agentId: identity.agentId,
      epoch: identity.epoch,
      now: clocks.hub(),
      afterSeq: ledger.last,
    });
    if (!verified.ok) return this.#onRefused(raw, verified.code);
    const { command } = verified;
    if (clocks.haveParted && isWrite(command)) return 'clocks-parted';
    this.#act(raw, verified, clocks);
    return 'taken';
  }

  #act(raw: string, received: ReceivedCommand, clocks: Clocks): void {
    const { command } = received;
    const { identity, events } = this.#parts;
    if (command.t === 'job.run') {
      this.#onJob(raw, received, command.body, clocks);
      return;
    }
    const code =
      ('actor' in command.body ? this.#refuseActor(command.body.actor) : undefined) ??
      this.#refusePaused(command);
    const job = 'job' in command.body ? { job: command.body.job } : {};
    if (command.t === 'resync') {
      this.#note(raw, received, code ?? 'LOCAL_DENIED', {});
      return;
    }
    this.#note(
      raw,
      received,
      code ?? 'accepted',
      job,
      'actor' in command.body ? command.body.actor.user : undefined,
    );
    if (code !== undefined) {
      // That nothing is told of a job now is no end of it.
      if (job.job !== undefined && code !== 'LOCAL_DENIED')
        events.emit({ t: 'job.rejected', body: { job: job.job, code } });
      return;
    }
    switch (command.t) {
      case 'job.cancel':
        if (!this.#parts.runner.cancel(command.body.job)) this.#repeat(command.body.job);
        return;
      case 'state.query':
        this.#repeat(command.body.job);
        return;
      case 'part.get':
        this.#sendPart(command.body);
        return;
      case 'agent.unpair':
        this.#parts.audit.add({ what: 'unpaired', user: identity.approvers[0] ?? '' });
        events.emit({ t: 'unpaired', body: {} });
        this.#parts.unpair();
    }
  }

  #onJob(raw: string, received: ReceivedCommand, job: JobRun, clocks: Clocks): void {
    const { ledger, events, notices, runner } = this.#parts;
    const before = ledger.job(job.job);
    const note: Note = { job: job.job, type: job.type, digest: received.digest };
    if (before !== undefined && before.digest === received.digest) {
      this.#note(raw, received, 'repeated', note, job.actor.user);
      this.#repeat(job.job);
      return;
    }
    const decided =
      before === undefined
        ? this.#decider.decide(job, received, clocks, this.regressed)
        : reject('JOB_CONFLICT');
    const decision = decided.ok ? 'accepted' : decided.code;
    const plan = decided.ok ? decided.plan : undefined;
    this.#note(raw, received, decision, { ...note, ...usedBy(job, plan) }, job.actor.user);
    const isSeen = JOBS[job.type].class !== 'read' || !decided.ok;
    if (isSeen) notices.notice(requestLine(job.type, job.actor, decision, plan?.digest));
    if (!decided.ok) {
      events.emit({ t: 'job.rejected', body: { job: job.job, code: decided.code } });
      return;
    }
    events.emit({ t: 'job.accepted', body: { job: job.job } });
    runner.start(job, plan);
  }

  #refuseActor(actor: { readonly user: string; readonly guild: string }): RejectCode | undefined {
    const { approvers, guild } = this.#parts.identity;
    return refuseActor(actor, { users: approvers, guild });
  }

  /** While everything is refused, stopping and unlinking still work, and nothing is told. */
  #refusePaused({ t }: Command): RejectCode | undefined {
    const isAsking = t === 'part.get' || t === 'state.query';
    return isAsking && standsStill(this.#parts.system, this.#parts.home) ? 'LOCAL_DENIED' : undefined;
  }

  #note(
    raw: string,
    { seq, command }: ReceivedCommand,
    decision: LedgerRecord['decision'],
    note: Note,
    user?: string,
  ): void {
    const { ledger, audit, system } = this.#parts;
    ledger.add({ seq, at: system.now().toISOString(), t: command.t, decision, ...note, raw });
    const { job, type, plan } = note;
    audit.add({
      what: 'command',
      decision,
      t: command.t,
      seq,
      ...(job === undefined ? {} : { job }),
      ...(type === undefined ? {} : { type }),
      ...(user === undefined ? {} : { user }),
      ...(plan === undefined ? {} : { plan }),
    });
  }

  /** The newest event of a job once more; a job that nobody knows is told as such. */
  #repeat(job: string): void {
    if (this.#parts.events.repeat(job)) return;
    this.#parts.events.emit({ t: 'job.rejected', body: { job, code: 'UNKNOWN_JOB' } });
  }

  #sendPart({ job, index }: Extract<Command, { readonly t: 'part.get' }>['body']): void {
    const { plans, events } = this.#parts;
    const record = plans.all().find((plan) => plan.job === job);
    const found = record && plans.find(record.digest);
    const part = found && planPart(found.bytes, index);
    if (part !== undefined) events.pass({ t: 'job.part', body: { job, index, ...part } });
  }

  /** A refused frame. What the bot signed for us but came late, twice or in a wrong form is remembered and answered. */
  #onRefused(raw: string, code: RejectCode): Verdict {
    if (FOREIGN.includes(code)) return 'foreign';
    const { ledger, events, audit, system, identity } = this.#parts;
    const { seq, ep, t, body } = unverifiedClaims(raw) ?? {};
    const job = jobIn(body);
    if (ledger.holds(raw)) {
      if (job !== undefined) events.repeat(job);
      return 'taken';
    }
    const isNew = isNumber(seq) && ep === identity.epoch && seq > ledger.last;
    const kind = typeof t === 'string' && /^[a-z.]{1,32}$/.test(t) ? t : 'unknown';
    const told = job === undefined ? {} : { job };
    if (isNew) ledger.add({ seq, at: system.now().toISOString(), t: kind, decision: code, ...told, raw });
    audit.add({ what: 'command', decision: code, t: kind, ...(isNumber(seq) ? { seq } : {}), ...told });
    const isKnown = job !== undefined && ledger.job(job)?.raw !== raw && ledger.job(job) !== undefined;
    if (job !== undefined && !isKnown) events.emit({ t: 'job.rejected', body: { job, code } });
    return 'taken';
  }
}

/** What an accepted write uses up for ever. */
function usedBy(job: JobRun, plan: PlanRecord | undefined): Note {
  if (!('approval' in job)) return {};
  return {
    plan: plan?.digest ?? job.approval.plan,
    interaction: job.approval.interaction,
    ...('run' in job.params ? { run: job.params.run } : {}),
  };
}

function isWrite(command: Command): boolean {
  return command.t === 'job.run' && JOBS[command.body.type].class !== 'read';
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= MAX_NUMBER;
}

function jobIn(body: unknown): string | undefined {
  const job = typeof body === 'object' && body !== null && 'job' in body ? body.job : undefined;
  return typeof job === 'string' && new RegExp(FORMS.job).test(job) ? job : undefined;
}
