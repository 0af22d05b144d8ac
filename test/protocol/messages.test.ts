import { describe, expect, it } from 'vitest';
import { NO_EVENT } from '../../src/protocol/digest.ts';
import { signDurable } from '../../src/protocol/events.ts';
import { JOB_TYPES, JOBS } from '../../src/protocol/jobs.ts';
import { JWS_BYTES, MAX_NUMBER } from '../../src/protocol/limits.ts';
import type { DurableEvent } from '../../src/protocol/messages.ts';
import { COMMANDS, DURABLE_EVENTS, PASSING_EVENTS } from '../../src/protocol/messages.ts';
import { fits, type Schema } from '../../src/protocol/schema.ts';
import { A, DIGEST, EVENT_ENVELOPE, JOB, RUN } from './parties.ts';

type Json = Readonly<Record<string, unknown>>;

/** Every schema inside of a schema, with where it stands. */
function* inside(json: Json, place: string): Generator<{ place: string; json: Json }> {
  yield { place, json };
  for (const [name, child] of Object.entries((json['properties'] ?? {}) as Record<string, Json>))
    yield* inside(child, `${place}.${name}`);
  if (json['items'] !== undefined) yield* inside(json['items'] as Json, `${place}[]`);
  for (const [index, child] of ((json['anyOf'] ?? []) as Json[]).entries())
    yield* inside(child, `${place}|${index}`);
}

const allOf = (table: Readonly<Record<string, Schema<unknown>>>) =>
  Object.entries(table).flatMap(([name, schema]) => [...inside(schema.json, name)]);
const everything = [...allOf(COMMANDS), ...allOf(DURABLE_EVENTS), ...allOf(PASSING_EVENTS)];

/** Things that people would not want to find outside of their machine. */
const PRIVATE = [
  '/home/ada/agent-workflow',
  '~/x',
  'C:\\Users\\ada',
  '../x',
  'my project',
  'Project X',
  'ada@example.org',
  'https://example.org',
  'sk-ant-api03-abcdefghijklmnop',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'x=y',
  '$HOME',
  '<@123456789012345678>',
  '@everyone',
  '[a](b)',
  '\u202e',
  '',
];

describe('the lists are closed', () => {
  it('of jobs', () => {
    expect(JOB_TYPES.map((type) => `${type}: ${JOBS[type].class}`)).toEqual([
      'assess: read',
      'plan: read',
      'apply: write',
      'status: read',
      'rollback-preview: read',
      'rollback: write',
      'resume: write',
      'undo: write',
      'check: read',
      'backups: read',
      'verify: read',
      'export: read',
      'import-plan: read',
    ]);
  });

  it('of commands and events', () => {
    expect(Object.keys(COMMANDS).sort()).toEqual([
      'agent.unpair',
      'job.cancel',
      'job.run',
      'part.get',
      'resync',
      'state.query',
    ]);
    expect(Object.keys(DURABLE_EVENTS)).toEqual([
      'job.accepted',
      'job.rejected',
      'job.waiting_local',
      'plan.ready',
      'job.done',
      'job.failed',
      'job.cancelled',
      'job.interrupted',
      'policy.changed',
      'unpaired',
    ]);
    expect(Object.keys(PASSING_EVENTS)).toEqual(['job.progress', 'job.part']);
  });
});

describe('every schema', () => {
  it('of an object names its members and takes no other', () => {
    const open = everything.filter(
      ({ json }) => json['type'] === 'object' && json['additionalProperties'] !== false,
    );
    expect(open.map(({ place }) => place)).toEqual([]);
  });

  it('of a text has an anchored form and a longest length, of a list a longest length, of a number both ends', () => {
    const loose = everything.filter(({ json }) => {
      if (json['type'] === 'string')
        return !/^\^.*\$$/.test(String(json['pattern'])) || json['maxLength'] === undefined;
      if (json['type'] === 'array') return json['maxItems'] === undefined;
      if (json['type'] === 'integer') return json['minimum'] === undefined || json['maximum'] === undefined;
      return false;
    });
    expect(loose.map(({ place }) => place)).toEqual([]);
  });

  it('has no place that a path, a name, an address or a credential fits into', () => {
    const texts = everything.filter(
      ({ json, place }) => json['type'] === 'string' && !place.endsWith('.data'),
    );
    const leaks = texts.flatMap(({ json, place }) => {
      const schema = { json };
      return PRIVATE.filter((value) => fits(schema, value)).map((value) => `${place} takes ${value}`);
    });
    expect(texts.length).toBeGreaterThan(50);
    expect(leaks).toEqual([]);
  });
});

describe('the largest answer of each kind', () => {
  /** A value that fits a schema and is as long as it gets. */
  function largest(json: Json): unknown {
    if (json['enum'] !== undefined)
      return [...(json['enum'] as unknown[])].sort((a, b) => String(b).length - String(a).length)[0];
    if (json['anyOf'] !== undefined)
      return (json['anyOf'] as Json[]).map(largest).sort((a, b) => size(b) - size(a))[0];
    if (json['type'] === 'boolean') return false;
    if (json['type'] === 'integer') return json['maximum'];
    if (json['type'] === 'array')
      return Array.from({ length: json['maxItems'] as number }, () => largest(json['items'] as Json));
    if (json['type'] === 'object')
      return Object.fromEntries(
        Object.entries(json['properties'] as Record<string, Json>).map(([name, child]) => [
          name,
          largest(child),
        ]),
      );
    const samples = [
      JOB,
      RUN,
      DIGEST,
      Array(5).fill('a'.repeat(7)).join('-'),
      'root-123',
      'project-1234',
      '<project-1234>',
      'AWM-1234',
      '1234.123456.123456.123456',
      '1234.123456.123456rc1',
    ];
    const schema = { json };
    return samples.filter((sample) => fits(schema, sample)).sort((a, b) => b.length - a.length)[0];
  }
  const size = (value: unknown) => JSON.stringify(value)?.length ?? 0;

  const choices = Object.entries(DURABLE_EVENTS).flatMap(([t, { json }]) =>
    ((json['anyOf'] ?? [json]) as Json[]).map((choice) => ({ t, body: largest(choice) })),
  );

  it.each(choices)('fits into one frame: $t $body.type', ({ t, body }) => {
    const event = { t, body } as DurableEvent;
    const jws = signDurable(
      event,
      { ...EVENT_ENVELOPE, epoch: MAX_NUMBER, seq: MAX_NUMBER, prev: NO_EVENT },
      A,
    );
    expect(jws.length).toBeLessThanOrEqual(JWS_BYTES.event);
  });
});
