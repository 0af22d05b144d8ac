import { locales, type ZodMiniType } from 'zod/mini';
import type { FormProblem } from './form-errors.ts';

export type Schema = ZodMiniType;

/** The members of an issue of the schema library that are read here. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
}

const CODES: Readonly<Record<string, string>> = {
  too_big: 'BASE_TYPE_BAD_LENGTH',
  too_small: 'BASE_TYPE_BAD_LENGTH',
  invalid_type: 'BASE_TYPE_REQUIRED',
  invalid_value: 'BASE_TYPE_CHOICES',
};
const inEnglish = locales.en().localeError;

/** What is wrong with `value`, each at its exact place; empty when it has the shape. */
export function shapeProblems(schema: Schema, value: unknown): FormProblem[] {
  const { error } = schema.safeParse(value, { error: inEnglish });
  return error === undefined ? [] : error.issues.flatMap((issue) => problems(issue as Issue, []));
}

/**
 * Discord's unions are told apart by `type`: of a union's failures only those of the branch whose type fits are told,
 * instead of every way in which it is not something else.
 */
function problems({ code, path, message, errors }: Issue, at: FormProblem['path']): FormProblem[] {
  const place = [...at, ...path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  if (errors === undefined || errors.length === 0) {
    return [{ path: place, code: CODES[code ?? ''] ?? 'BASE_TYPE_INVALID', message }];
  }
  const fitting = errors.filter((branch) => !branch.some(isWrongType));
  const [best] = fitting.toSorted((one, other) => one.length - other.length);
  if (best !== undefined) return best.flatMap((issue) => problems(issue, place));
  const text = 'none of the types that are possible here';
  return [{ path: [...place, 'type'], code: 'UNION_TYPE_CHOICES', message: text }];
}

function isWrongType({ path }: Issue): boolean {
  return path.length === 1 && path[0] === 'type';
}
