import type { RuleProblem } from '../../../shared/discord-rules.ts';
import { DiscordFault } from '../faults.ts';

/** What is wrong at one place of a body. */
export interface FormProblem {
  readonly path: readonly (string | number)[];
  /** Discord's word for the kind of problem. */
  readonly code: string;
  readonly message: string;
}

interface ErrorTree {
  [key: string]: ErrorTree | { code: string; message: string }[];
}

/** Discord's nested `errors` (page "API reference", error messages): the path of each, then `_errors`. */
export function formErrors(problems: readonly FormProblem[]): object {
  const root: ErrorTree = {};
  for (const { path, code, message } of problems) {
    let node = root;
    for (const key of path) {
      const next = node[key];
      const child = next === undefined || Array.isArray(next) ? {} : next;
      node[key] = child;
      node = child;
    }
    const others = node['_errors'];
    node['_errors'] = [...(Array.isArray(others) ? others : []), { code, message }];
  }
  return root;
}

/** One line for each problem, for logs and failing tests. */
export function describeProblems(problems: readonly FormProblem[]): string {
  return problems.map(({ path, message }) => `${path.join('.') || '(whole)'}: ${message}`).join('; ');
}

/** @throws DiscordFault INVALID_FORM (50035) when there is a problem */
export function refuseProblems(problems: readonly FormProblem[]): void {
  if (problems.length > 0) throw new DiscordFault('INVALID_FORM', formErrors(problems));
}

/** @throws DiscordFault INVALID_FORM (50035), or EMPTY_MESSAGE (50006) when that is all that is wrong */
export function refuseBreaches(breaches: readonly RuleProblem[]): void {
  if (breaches.length > 0 && breaches.every(({ rule }) => rule === 'empty-message')) {
    throw new DiscordFault('EMPTY_MESSAGE');
  }
  refuseProblems(
    breaches.map(({ path, rule, message }) => ({
      path: path === '' ? [] : path.split('.'),
      code: rule.replaceAll('-', '_').toUpperCase(),
      message,
    })),
  );
}
