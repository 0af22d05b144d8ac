import type { Decisions } from '../plan/decision.ts';
import type { Ledger } from '../plan/ledger.ts';
import type { PackageProbe } from '../survey/package-probe.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import type { Draft } from './draft.ts';
import type { Inverse } from './inverse.ts';

/**
 * One small change of form. Conversions run in the order of `index.ts`; each gives a fate in the ledger to the items it
 * understands and leaves the others alone. None reads or writes a file by itself.
 */
export interface Conversion {
  readonly id: string;
  /** Raised when its outcome changes, so that a receipt tells which rules were in force. */
  readonly version: number;
  /** One sentence for docs and reports. */
  readonly about: string;
  /** What it takes for the old installation to say the same. */
  readonly inverse: Inverse;
  convert(work: Work): void;
}

export interface Work {
  readonly survey: Survey;
  readonly probe: PackageProbe;
  readonly decisions: Decisions;
  readonly ledger: Ledger;
  readonly draft: Draft;
  /** For looking at the projects' own files; it cannot write. */
  readonly system: ReadSystem;
  /** The run's own time: every "created" is this. */
  readonly now: Date;
  /** Items that are secrets: no conversion of settings touches them. */
  readonly secretItems: ReadonlySet<string>;
  /** Items whose value also stays under `legacy`, because the new place holds another one. */
  readonly echoed: Set<string>;
  /** Searches bytes for secrets. With the name of the file that they are of, its lines are judged as well. */
  holdsSecret(data: Buffer, fileName?: string): boolean;
  /** What the package does by itself at a dotted path of config.yaml. */
  defaults(path: string): YamlNode;
  /** True for a dotted path that the package's own config.yaml has. */
  isOwnKey(path: string): boolean;
}
