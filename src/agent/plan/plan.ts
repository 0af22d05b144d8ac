import { hash } from 'node:crypto';
import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { counted } from '../../shared/words.ts';
import type { Conversion, Work } from '../conversions/conversion.ts';
import { defaultAt, defaultConfig, type Facts } from '../conversions/defaults.ts';
import { Draft } from '../conversions/draft.ts';
import { CONVERSIONS } from '../conversions/index.ts';
import { lineRulesOf } from '../credentials/secret-lines.ts';
import { displayPath } from '../paths.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import { FileSearch } from '../survey/secret-search.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { type Advice, adviceFor } from './advice.ts';
import { type Answers, type Decision, Decisions, UNREADABLE_FILES } from './decision.ts';
import { refuseExposed } from './exposure.ts';
import { fingerprint } from './fingerprint.ts';
import { inventoryItems } from './inventory-items.ts';
import { countLedger, Ledger, type LedgerCounts, type LedgerRow } from './ledger.ts';
import { type Precondition, preconditionsOf } from './preconditions.ts';
import { type RenderedTarget, renderTarget } from './render-target.ts';
import { SCHEDULED_STARTS, type TimerFacts } from './timers.ts';

/** How long a plan may wait for its run. */
const LIFETIME_MS = 3_600_000;

/** How a person goes through a migration (mission §4); what is done is the same. */
export type Method = 'guided' | 'automated' | 'manual';

/** What a plan says, in the form that is stored, hashed and shown. It holds no secret and no hash of one. */
export interface PlanContent {
  readonly schema: 'awm/plan/1';
  readonly run: string;
  readonly method: Method;
  readonly source: string;
  readonly target: string;
  readonly created: string;
  readonly expires: string;
  readonly rules: readonly { readonly id: string; readonly version: number }[];
  readonly package: PackageProbe;
  readonly profile: { readonly reason: string };
  readonly advice: Advice;
  readonly actions: readonly PlannedAction[];
  readonly ledger: readonly LedgerRow[];
  readonly counts: LedgerCounts;
  readonly decisions: {
    readonly open: readonly Decision[];
    /** Not answered: the safe option was taken. */
    readonly safe: readonly Decision[];
    readonly answered: readonly { id: string; option: string }[];
  };
  /** SHA-256 of what the source says; comments and line ends do not count. */
  readonly fingerprint: string;
}

/** One change of the new home, in order. */
export interface PlannedAction {
  readonly phase: 'convert' | 'credentials' | 'register';
  readonly action: 'write' | 'copy' | 'patch' | 'store' | 'register';
  /** What is written: a path in the new home, a credential's name, a project's name. */
  readonly what: string;
  readonly from?: string | undefined;
  /** Of a secret: who gave it out. */
  readonly provider?: string | undefined;
}

/** A plan with what only this machine knows: the content to be written and the files it was made from. */
export interface Plan {
  readonly content: PlanContent;
  readonly bytes: Buffer;
  /** SHA-256 of `bytes`, in hex. */
  readonly digest: string;
  readonly survey: Survey;
  readonly draft: Draft;
  readonly rendered: RenderedTarget;
  readonly preconditions: readonly Precondition[];
  /** Written into config.yaml; kept with the run, so that a plan made again writes the same. */
  readonly installationId: string;
  readonly timers?: TimerFacts | undefined;
}

export interface PlanOptions {
  readonly run: string;
  readonly facts: Facts;
  readonly probe: PackageProbe;
  readonly answers: Answers;
  /** What was chosen in an earlier run, offered again and never taken by itself. */
  readonly remembered?: Answers | undefined;
  /** As they were found once: the crontab may have lines suspended when the plan is made again. */
  readonly timers?: TimerFacts | undefined;
  /** Default: automated. */
  readonly method?: Method | undefined;
  /** In this order; all of them where none are given. */
  readonly conversions?: readonly Conversion[] | undefined;
}

/**
 * Runs all conversions and accounts for everything. The same survey and options give the same bytes.
 * @throws LEDGER_INCOMPLETE if an item has no fate, ANSWERS_INVALID for answers that fit nothing, SECRET_EXPOSED if a
 *   secret slipped through all of this.
 */
export function makePlan(system: ReadSystem, survey: Survey, options: PlanOptions): Plan {
  const { facts, probe, timers, conversions = CONVERSIONS } = options;
  const answers = timers?.decision === undefined ? withoutTimers(options.answers) : options.answers;
  const decisions = new Decisions(answers, options.remembered);
  const ledger = new Ledger();
  const draft = new Draft();
  const defaults = defaultConfig(facts);
  const search = new FileSearch(survey.knownValues);
  const work: Work = {
    survey,
    probe,
    decisions,
    ledger,
    draft,
    system,
    now: facts.now,
    secretItems: new Set(survey.secrets.map((secret) => secret.item)),
    echoed: new Set(),
    holdsSecret: (data, fileName) =>
      search.bytes(data, fileName === undefined ? undefined : lineRulesOf(basename(fileName))),
    defaults: (path) => defaultAt(defaults, path),
    isOwnKey: (path) => nodeAt(defaults, path.split('.')) !== undefined,
  };
  askGeneralQuestions(work);
  if (timers?.decision !== undefined) decisions.ask(timers.decision);
  for (const conversion of conversions) conversion.convert(work);
  decisions.checkAllUsed();
  const missing = ledger.missing(inventoryItems(survey));
  if (missing.length > 0)
    throw new AppError('LEDGER_INCOMPLETE', { count: missing.length, item: missing[0] ?? '' });
  const rendered = renderTarget(survey.target, survey.source, draft, defaults, facts.now);
  const preconditions = preconditionsOf(system, survey);
  const content: PlanContent = {
    schema: 'awm/plan/1',
    run: options.run,
    method: options.method ?? 'automated',
    source: survey.source,
    target: survey.target.path,
    created: facts.now.toISOString(),
    expires: new Date(facts.now.getTime() + LIFETIME_MS).toISOString(),
    rules: conversions.map(({ id, version }) => ({ id, version })),
    package: probe,
    profile: { reason: draft.profileReason },
    advice: adviceFor(survey, draft, probe),
    actions: actionsOf(draft, rendered),
    ledger: ledger.rows,
    counts: countLedger(ledger.rows),
    decisions: { open: decisions.open, safe: decisions.safe, answered: decisions.answered },
    fingerprint: fingerprint(survey),
  };
  const bytes = Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
  refuseExposed(survey, bytes, rendered);
  return {
    content,
    bytes,
    digest: hash('sha256', bytes, 'hex'),
    survey,
    draft,
    rendered,
    preconditions,
    installationId: facts.installationId,
    timers,
  };
}

/** True when the new home has everything already, with the same bytes. */
export function isNothingToDo({ content, rendered }: Plan): boolean {
  const { actions } = content;
  return actions.length === 0 && rendered.registry === undefined && rendered.base === undefined;
}

/** An answer about starts that are over by now, or whose lines are gone, is no mistake. */
function withoutTimers(answers: Answers): Answers {
  return new Map([...answers].filter(([id]) => id !== SCHEDULED_STARTS));
}

/** Questions about the installation as a whole. */
function askGeneralQuestions({ survey, decisions }: Work): void {
  if (survey.storeLocked) {
    decisions.ask({
      id: 'store:.orch-global/security',
      question:
        'The encrypted store, or an entry of it, cannot be opened with its master.key. What should happen with it?',
      options: [
        { id: 'leave', outcome: 'Leave it in the clone and in the backup; what it holds is not moved.' },
      ],
      file: '.orch-global/security/secrets.json',
    });
  }
  if (survey.unreadable.length > 0) {
    decisions.ask({
      id: UNREADABLE_FILES,
      question: `${counted(survey.unreadable.length, 'file')} cannot be read, the first is ${survey.unreadable[0]?.path}. Go on without?`,
      options: [
        {
          id: 'leave',
          outcome: 'Go on; they are neither moved nor in the backup, and the report lists them.',
        },
      ],
      file: survey.unreadable[0]?.path,
    });
  }
}

function actionsOf(draft: Draft, rendered: RenderedTarget): PlannedAction[] {
  return [
    ...(rendered.config === undefined
      ? []
      : [{ phase: 'convert', action: 'write', what: 'config.yaml' } as const]),
    ...draft.files.map((file) => ({
      phase: 'convert' as const,
      action: file.kind,
      what: displayPath(file.to),
      from: file.item,
    })),
    ...draft.secrets.map(
      ({ credentialKey: what, provider }) =>
        ({ phase: 'credentials', action: 'store', what, provider }) as const,
    ),
    ...draft.projects
      .filter((project) => !project.existing)
      .map((project) => ({ phase: 'register', action: 'register', what: project.name }) as const),
  ];
}
