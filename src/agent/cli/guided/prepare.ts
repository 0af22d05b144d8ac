import { counted } from '../../../shared/words.ts';
import type { Answers, Decision } from '../../plan/decision.ts';
import { isNothingToDo, type Plan } from '../../plan/plan.ts';
import { type MigrationRequest, planMigration } from '../../run/plan-migration.ts';
import { rememberAnswers } from '../../run/remembered-answers.ts';
import type { Assessed } from '../../surroundings.ts';
import { assessPlan } from '../../surroundings.ts';
import { closeSurvey } from '../../survey/survey.ts';
import { planWithPassword } from '../store-password.ts';
import type { Call } from '../verb.ts';
import { stageHeading } from '../views/guided-stages.ts';
import { analysisLines, checklistLines } from '../views/guided-start.ts';
import { warningLines } from '../views/plan.ts';
import { approve } from './approve.ts';
import { askIndex } from './ask-index.ts';
import { type ChecklistRow, checklist } from './checklist.ts';
import { decide } from './decide.ts';
import { projectsGit } from './projects-git.ts';
import type { Choose } from './prompts.ts';

/** A plan that a person said yes to, or why there is none. The survey of `plan` is the caller's to close. */
export interface Prepared {
  readonly plan: Plan;
  readonly request: MigrationRequest;
  /** `blocked`: a decision is open, or the checklist stops it, and nobody can be asked. */
  readonly end: 'approved' | 'declined' | 'blocked' | 'nothing-to-do';
}

type Place = 'checklist' | 'decisions' | 'plan';

/**
 * Everything before the first write: checklist, plan, decisions, approval, with a way back from each to the one before.
 * Without `choose` nobody is asked: the answers that were given count. Answers are kept as they are given.
 */
export class Preparation {
  readonly #call: Call;
  readonly #choose: Choose | undefined;
  readonly #given: Answers;
  #request: MigrationRequest;
  #plan: Plan | undefined;
  /** Every question there was, so that one that was answered can be asked again. */
  #asked: readonly Decision[] = [];

  constructor(call: Call, request: MigrationRequest, choose: Choose | undefined) {
    this.#call = call;
    this.#choose = choose;
    this.#given = request.answers;
    this.#request = request;
  }

  /** How many answers the person gave here. */
  get answers(): number {
    return this.#request.answers.size - this.#given.size;
  }

  /** Closes what is open of the plan. */
  close(): void {
    if (this.#plan !== undefined) closeSurvey(this.#plan.survey);
    this.#plan = undefined;
  }

  async run(): Promise<Prepared> {
    let place: Place = 'checklist';
    for (;;) {
      const next: Place | Prepared['end'] = await this.#at(place);
      if (next !== 'checklist' && next !== 'decisions' && next !== 'plan')
        return { plan: this.#known(), request: this.#request, end: next };
      place = next;
    }
  }

  #at(place: Place): Promise<Place | Prepared['end']> {
    if (place === 'checklist') return this.#checklist();
    return place === 'decisions' ? this.#decisions() : this.#approval();
  }

  async #checklist(): Promise<Place | Prepared['end']> {
    const { say, system } = this.#call;
    const assessed = await this.#look();
    const { plan } = assessed;
    const { survey } = plan;
    const rows = checklist({
      source: survey.source,
      files: plan.content.counts.file.total,
      unreadable: survey.unreadable,
      running: survey.running,
      projects: projectsGit(system, survey.projects),
      readiness: assessed.around.readiness,
      index: await askIndex(system.env, this.#call.flags['offline'] === true),
      home: system.home,
    });
    for (const line of checklistLines(rows)) say(line);
    const answer = await this.#afterChecklist(rows);
    if (answer !== 'go on') return answer;
    for (const line of stageHeading('Analysis')) say(line);
    for (const line of analysisLines(assessed.assessment, plan.content)) say(line);
    say('');
    for (const line of warningLines(survey.findings)) say(line);
    return 'decisions';
  }

  /** Looks at everything anew, with the answers so far. */
  async #look(): Promise<Assessed> {
    const { system, settings } = this.#call;
    this.close();
    const begun = system.elapsed();
    const known = this.#request.masterPassword;
    const made =
      known === undefined
        ? await planWithPassword(this.#call, this.#request)
        : { plan: planMigration(system, this.#request), request: this.#request };
    this.#plan = made.plan;
    this.#request = made.request;
    this.#note();
    return assessPlan(system, settings, made.plan, system.elapsed() - begun);
  }

  async #afterChecklist(rows: readonly ChecklistRow[]): Promise<'go on' | Place | Prepared['end']> {
    const stops = rows.filter(({ state }) => state === 'stop').length;
    const looks = rows.filter(({ state }) => state === 'look').length;
    if (this.#choose === undefined || stops + looks === 0) return 'go on';
    const again = { value: 'checklist', name: 'Look again' } as const;
    const leave = { value: 'declined', name: 'Leave', about: 'Nothing is changed.' } as const;
    if (stops > 0)
      return this.#choose<'checklist' | 'declined'>({
        text: `${counted(stops, 'thing')} of the checklist must be put right first. What next?`,
        options: [again, leave],
      });
    return this.#choose<'go on' | 'checklist' | 'declined'>({
      text: `The checklist has ${counted(looks, 'remark')}. Go on?`,
      options: [
        { value: 'go on', name: 'Go on', about: 'None of the remarks stops the migration.' },
        again,
        leave,
      ],
    });
  }

  async #decisions(): Promise<Place | Prepared['end']> {
    const choose = this.#choose;
    if (choose === undefined || this.#asked.length === 0) return 'plan';
    const { system, settings } = this.#call;
    const { source, remembered = new Map() } = this.#request;
    const decided = await decide(choose, {
      decisions: this.#asked,
      answers: this.#request.answers,
      remembered,
      keep: (answers) => rememberAnswers(system, settings.home, source, answers),
    });
    if (decided === 'leave') return 'declined';
    if (decided === 'back') return 'checklist';
    const before = this.#asked.length;
    this.#planWith(new Map([...this.#given, ...decided.answers]));
    // An answer may raise a question of its own.
    return this.#asked.length > before ? 'decisions' : 'plan';
  }

  async #approval(): Promise<Place | Prepared['end']> {
    const plan = this.#known();
    if (plan.content.decisions.open.length > 0) return this.#choose === undefined ? 'blocked' : 'decisions';
    if (isNothingToDo(plan)) return 'nothing-to-do';
    const hasDecisions = this.#asked.length > 0;
    const answer = await approve(this.#call, this.#choose, plan, this.#request, hasDecisions);
    if (answer === 'again') {
      this.#planWith(this.#request.answers);
      return 'plan';
    }
    return answer;
  }

  #planWith(answers: Answers): void {
    this.close();
    this.#request = { ...this.#request, answers };
    this.#plan = planMigration(this.#call.system, this.#request);
    this.#note();
  }

  #note(): void {
    const { open, safe } = this.#known().content.decisions;
    const fresh = [...open, ...safe].filter(({ id }) => !this.#asked.some((one) => one.id === id));
    this.#asked = [...this.#asked, ...fresh];
  }

  #known(): Plan {
    if (this.#plan === undefined) throw new Error('there is no plan yet');
    return this.#plan;
  }
}
