import { roomNeeded } from '../backup/room.ts';
import { keyOf } from '../survey/inventory.ts';
import type { Plan } from './plan.ts';

/** Bytes, at least and at most. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What a migration writes, by place. Nothing of it is compressed, and what it replaces is moved, not copied. */
export interface DiskNeed {
  readonly backups: Range;
  readonly target: Range;
  readonly agentHome: Range;
  /** Files and folders of the backup. */
  readonly entries: number;
}

/** The unit in which most file systems give out room. */
const BLOCK = 4096;
const SECRET_BYTES = 400;

export function diskNeed({
  survey,
  draft,
  rendered,
  bytes,
  content,
}: Pick<Plan, 'survey' | 'draft' | 'rendered' | 'bytes' | 'content'>): DiskNeed {
  const own = ownFiles(survey);
  const { entries, bytes: saved } = savedBy(survey);
  const sizes = new Map(own.map(({ rel, stat }) => [keyOf(rel), stat.size]));
  const copied = draft.files.reduce(
    (sum, file) => sum + (file.kind === 'patch' ? file.data.length : (sizes.get(keyOf(file.rel)) ?? 0)),
    0,
  );
  const texts =
    Buffer.byteLength(rendered.config ?? '') +
    Buffer.byteLength(rendered.registry ?? '') +
    Buffer.byteLength(rendered.base ?? '') +
    draft.secrets.length * SECRET_BYTES;
  // The ledger, the report and the log repeat the plan.
  const records = 3 * bytes.length;
  const files = content.actions.length + 12;
  return {
    entries,
    backups: { from: saved, to: roomNeeded(entries, saved) },
    target: { from: copied + texts, to: copied + texts + records + files * BLOCK },
    agentHome: { from: bytes.length, to: records + 64 * BLOCK },
  };
}

/** What a backup holds: files and folders, and their bytes. */
export function savedBy(survey: Plan['survey']): { readonly entries: number; readonly bytes: number } {
  const { inventory, states, target } = survey;
  const own = ownFiles(survey);
  return {
    entries:
      own.length +
      inventory.folders.length +
      target.entries.length +
      states.reduce((sum, state) => sum + state.entries.length, 0),
    bytes:
      own.reduce((sum, { stat }) => sum + stat.size, 0) +
      states.reduce((sum, state) => sum + state.bytes, 0) +
      target.entries.reduce((sum, { kind, stat }) => sum + (kind === 'file' ? stat.size : 0), 0),
  };
}

function ownFiles({ inventory }: Plan['survey']) {
  return inventory.files.filter(({ kind }) => kind !== 'regenerable');
}

export function totalOf(need: DiskNeed): Range {
  const all = [need.backups, need.target, need.agentHome];
  return {
    from: all.reduce((sum, { from }) => sum + from, 0),
    to: all.reduce((sum, { to }) => sum + to, 0),
  };
}
