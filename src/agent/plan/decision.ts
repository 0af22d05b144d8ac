import { AppError } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';
import { plainValue } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';

/** A question that only the person can answer, or may answer otherwise than by the safe option. */
export interface Decision {
  /** Stable: the same installation asks under the same id again. */
  readonly id: string;
  readonly question: string;
  readonly options: readonly DecisionOption[];
  /** The option that is taken where nobody answers: such a question never stays open. */
  readonly safe?: string | undefined;
  /** Where the cause lies, in the clone. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** The option that was chosen in an earlier run: offered first, never taken by itself. */
  readonly remembered?: string | undefined;
}

export interface DecisionOption {
  readonly id: string;
  /** What happens, as a sentence. */
  readonly outcome: string;
}

/** `FILE:LINE` of the cause, in the clone; empty where it has no place. */
export function placeOfDecision({ file, line }: Pick<Decision, 'file' | 'line'>): string {
  return file === undefined ? '' : [file, line].filter((part) => part !== undefined).join(':');
}

/** `decision-id -> option-id`, as given with `--answers`. */
export type Answers = ReadonlyMap<string, string>;

/** Asks questions of prepared answers and remembers which stayed open. */
export class Decisions {
  readonly #answers: Answers;
  readonly #remembered: Answers;
  readonly #asked: Decision[] = [];

  constructor(answers: Answers, remembered: Answers = new Map()) {
    this.#answers = answers;
    this.#remembered = remembered;
  }

  /**
   * The chosen option's id, else the safe one, or undefined while the question is open. Asked again under the same id, it counts once.
   * @throws ANSWERS_INVALID if the answer names no option of this decision.
   */
  ask(decision: Decision): string | undefined {
    if (!this.#asked.some(({ id }) => id === decision.id)) this.#asked.push(decision);
    const answer = this.#answers.get(decision.id);
    if (answer !== undefined && !decision.options.some((option) => option.id === answer)) {
      const known = decision.options.map((option) => option.id).join(', ');
      throw new AppError('ANSWERS_INVALID', {
        problem: `${decision.id} has the options ${known}, not "${answer}"`,
      });
    }
    return answer ?? decision.safe;
  }

  get open(): Decision[] {
    return this.#unanswered()
      .filter(({ safe }) => safe === undefined)
      .map((decision) => {
        const remembered = this.#remembered.get(decision.id);
        const isOption = decision.options.some(({ id }) => id === remembered);
        return isOption ? { ...decision, remembered } : decision;
      });
  }

  /** Those for which the safe option was taken. */
  get safe(): Decision[] {
    return this.#unanswered().filter(({ safe }) => safe !== undefined);
  }

  get answered(): { id: string; option: string }[] {
    return this.#asked.flatMap(({ id }) => {
      const option = this.#answers.get(id);
      return option === undefined ? [] : [{ id, option }];
    });
  }

  #unanswered(): Decision[] {
    return this.#asked.filter((decision) => !this.#answers.has(decision.id));
  }

  /** @throws ANSWERS_INVALID for an answer to a question that nobody asked: most likely a misspelt id. */
  checkAllUsed(): void {
    const asked = new Set(this.#asked.map((decision) => decision.id));
    const stray = [...this.#answers.keys()].find((id) => !asked.has(id));
    if (stray === undefined) return;
    throw new AppError('ANSWERS_INVALID', {
      problem: `there is no decision "${stray}" for this installation`,
    });
  }
}

/** The id of the question about files that cannot be read at all. */
export const UNREADABLE_FILES = 'unreadable-files';

/** The id of the question about a settings file whose bytes can be read, but not its YAML. */
export function brokenFileId(file: string): string {
  return `file:${file}`;
}

/**
 * Why nothing is written while these questions are open. A cause that all of them share is told by its own error.
 * `unreadable`: how many files cannot be read.
 */
export function blockedBy(open: readonly Decision[], unreadable: number): AppError {
  const [first] = open;
  const place = { file: first?.file, line: first?.line };
  const path = first?.file ?? '';
  if (open.every(({ id }) => id === UNREADABLE_FILES))
    return new AppError('SOURCE_UNREADABLE', { count: unreadable, path }, place);
  if (open.every(({ id, file }) => file !== undefined && id === brokenFileId(file)))
    return new AppError('SETTINGS_UNREADABLE', { count: open.length, path }, place);
  return new AppError('DECISIONS_OPEN', { count: open.length }, place);
}

/** Reads `--answers FILE`. @throws ANSWERS_INVALID, naming the line where the file is not a flat map of texts. */
export function readAnswers(system: ReadSystem, path: string): Answers {
  if (system.stat(path)?.kind !== 'file')
    throw new AppError('ANSWERS_INVALID', { problem: `there is no file ${path}` });
  if (!system.canRead(path))
    throw new AppError('ANSWERS_INVALID', { problem: `${path} may not be read` }, { file: path });
  const { root, problems } = readYaml(system.readFile(system.realPath(path)), { expectMap: true });
  const error = problems.find((problem) => problem.level === 'error');
  if (error !== undefined) {
    throw new AppError('ANSWERS_INVALID', { problem: error.message }, { file: path, line: error.line });
  }
  const answers = new Map<string, string>();
  if (root?.kind !== 'map') return answers;
  for (const { key, value } of root.entries) {
    if (value.kind !== 'scalar') {
      const place = { file: path, line: value.line };
      throw new AppError('ANSWERS_INVALID', { problem: `${key.source} is not answered by one word` }, place);
    }
    answers.set(key.source, value.type === 'text' ? String(plainValue(value)) : value.source);
  }
  return answers;
}
