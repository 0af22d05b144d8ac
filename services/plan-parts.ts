import { digestOf } from '../src/protocol/digest.ts';
import { PER_AGENT } from '../src/protocol/limits.ts';
import type { PassingEvent, PlanReady } from '../src/protocol/messages.ts';

type Part = Extract<PassingEvent, { readonly t: 'job.part' }>['body'];

interface Collection {
  readonly agent: string;
  readonly pieces: Map<number, Buffer>;
  /** Once `plan.ready` was acted on: what the pieces must add up to. */
  ready: PlanReady | undefined;
}

/** A plan of which all bytes are there. Whether they are what the digest names is looked at when they are stored. */
export interface CompletePlan {
  readonly agent: string;
  readonly ready: PlanReady;
  readonly bytes: Uint8Array;
}

/**
 * Pieces of plans on their way, before or after `plan.ready`. Only in memory: after a restart they are asked for again.
 * Who calls `add` has looked whether the job is that agent's and still open, which bounds how much can wait here.
 */
export class PlanParts {
  readonly #collections = new Map<string, Collection>();

  /** Takes a piece whose own digest fits; returns the plan when it was the last one that was missing. */
  add(agent: string, { job, index, sha256, data }: Part): CompletePlan | undefined {
    const piece = Buffer.from(data, 'base64url');
    if (digestOf(piece) !== sha256 || piece.length > PER_AGENT.partBytes) return undefined;
    const collection = this.#of(agent, job);
    collection.pieces.set(index, piece);
    return this.#complete(job);
  }

  /** Now it is known what is to come. Returns the plan when all of it is there already. */
  expect(agent: string, ready: PlanReady): CompletePlan | undefined {
    this.#of(agent, ready.job).ready = ready;
    return this.#complete(ready.job);
  }

  /** Numbers of the pieces that are still to come for a plan that is ready. */
  missing(job: string): readonly number[] {
    const { ready, pieces } = this.#collections.get(job) ?? {};
    const all = Array.from({ length: ready?.parts ?? 0 }, (_, index) => index);
    return all.filter((index) => pieces?.has(index) !== true);
  }

  /** Plans that are ready and of which pieces are missing. */
  get waiting(): readonly { readonly job: string; readonly agent: string }[] {
    return [...this.#collections]
      .filter(([job]) => this.missing(job).length > 0)
      .map(([job, { agent }]) => ({ job, agent }));
  }

  /** The job ended. */
  forget(job: string): void {
    this.#collections.delete(job);
  }

  #of(agent: string, job: string): Collection {
    const known = this.#collections.get(job);
    if (known?.agent === agent) return known;
    const collection: Collection = { agent, pieces: new Map(), ready: undefined };
    this.#collections.set(job, collection);
    return collection;
  }

  #complete(job: string): CompletePlan | undefined {
    const { agent, ready, pieces } = this.#collections.get(job) ?? {};
    if (agent === undefined || ready === undefined || ready.parts === 0) return undefined;
    if (this.missing(job).length > 0) return undefined;
    const ordered = [...(pieces ?? [])].filter(([index]) => index < ready.parts).sort(([a], [b]) => a - b);
    return { agent, ready, bytes: Buffer.concat(ordered.map(([, piece]) => piece)) };
  }
}
