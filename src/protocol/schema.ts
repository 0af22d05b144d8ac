import { Ajv, type ValidateFunction } from 'ajv';
import { FORMS } from './ids.ts';
import { MAX_NUMBER } from './limits.ts';

/**
 * A JSON schema that also knows the TypeScript type of what fits it, so that the two cannot part. Objects have exactly
 * the named members: an unknown one is refused everywhere.
 */
export interface Schema<T> {
  readonly json: Readonly<Record<string, unknown>>;
  /** Only for the compiler; never there. */
  readonly type?: () => T;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

type Members = Readonly<Record<string, Schema<unknown>>>;
type None = Readonly<Record<never, never>>;
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** An object with all of `required`, any of `optional`, and nothing else. */
export function object<R extends Members = None, O extends Members = None>(
  required: R,
  optional?: O,
): Schema<Flat<{ [K in keyof R]: TypeOf<R[K]> } & { [K in keyof O]?: TypeOf<O[K]> }>> {
  const all: Members = { ...required, ...optional };
  const properties = Object.fromEntries(Object.entries(all).map(([name, { json }]) => [name, json]));
  return {
    json: { type: 'object', properties, required: Object.keys(required), additionalProperties: false },
  };
}

/** Text of a form given as a regular expression, anchored by its author. */
export function text(pattern: string, maxLength = 128): Schema<string> {
  return { json: { type: 'string', pattern, maxLength } };
}

/**
 * Words that somebody chose: no control, bidirectional, zero-width or other invisible character, no line break. Still
 * hostile: it is escaped by whoever shows it.
 */
export function label(maxLength: number): Schema<string> {
  return { json: { type: 'string', pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]+$', maxLength } };
}

export function whole(minimum: number, maximum: number): Schema<number> {
  return { json: { type: 'integer', minimum, maximum } };
}

export function oneOf<const T extends readonly (string | number)[]>(...values: T): Schema<T[number]> {
  return { json: { enum: values } };
}

export function list<T>(item: Schema<T>, maxItems: number, minItems = 0): Schema<readonly T[]> {
  return { json: { type: 'array', items: item.json, minItems, maxItems } };
}

export function either<S extends readonly Schema<unknown>[]>(...choices: S): Schema<TypeOf<S[number]>> {
  return { json: { anyOf: choices.map(({ json }) => json) } };
}

/** Content that another schema looks at next. */
export const anyObject: Schema<Readonly<Record<string, unknown>>> = { json: { type: 'object' } };
export const flag: Schema<boolean> = { json: { type: 'boolean' } };
export const nothing: Schema<null> = { json: { type: 'null' } };

/** A count or a number of bytes. */
export const count = whole(0, MAX_NUMBER);
/** Seconds since 1970. */
export const time = whole(0, MAX_NUMBER);
export const digest = text(FORMS.digest);
export const snowflake = text(FORMS.snowflake);
export const rootId = text(FORMS.root);
export const runId = text(FORMS.run);
export const jobId = text(FORMS.job);
/** 32 random bytes, base64url. */
export const nonce = text(FORMS.nonce);

const compiled = new WeakMap<object, ValidateFunction>();

/** Whether a value is exactly of the form. Compiles on first use. */
export function fits<T>(schema: Schema<T>, value: unknown): value is T {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = new Ajv({ strict: true, allowUnionTypes: false }).compile(schema.json);
    compiled.set(schema, validate);
  }
  return validate(value) === true;
}
