import { join } from 'node:path';

/** The agent's own folder: its runs, its index of backups and the key that opens them. Never inside a target. */
export class AgentHome {
  /** Absolute. */
  readonly path: string;
  /** `age1…`: further keys that every backup made from here opens with. */
  readonly recipients: readonly string[];

  /** True: every backup made from here is compressed. */
  readonly zstd: boolean;

  constructor(path: string, recipients: readonly string[] = [], zstd = false) {
    this.path = path;
    this.recipients = recipients;
    this.zstd = zstd;
  }

  get runs(): string {
    return join(this.path, 'runs');
  }

  run(id: string): string {
    return join(this.runs, id);
  }

  /** One small file for each backup that was made here, wherever the backup lies. */
  get backupIndex(): string {
    return join(this.path, 'backups');
  }

  /** Runs that replaced lines outside of the new home; apart from `runs`, since they belong to no migration. */
  get references(): string {
    return join(this.path, 'references');
  }

  /** Runs of the final setup: what was installed and moved aside outside of the new home. */
  get setup(): string {
    return join(this.path, 'setup');
  }

  /** Wheels that were proven, and installed from here. */
  get packages(): string {
    return join(this.path, 'packages');
  }

  /** What `recover` wrote anew in a home, each with a journal; apart from `runs`, since nothing is left to go on with. */
  get repairs(): string {
    return join(this.path, 'repairs');
  }

  /** What people chose before they left a guided migration, for the next time. */
  get answers(): string {
    return join(this.path, 'answers.json');
  }

  /** Exports that were asked for from outside, by number: `export-3`. The person edits them here. */
  get exports(): string {
    return join(this.path, 'exports');
  }

  /** Deletions of backups, each with a journal. */
  get prunes(): string {
    return join(this.path, 'prunes');
  }

  get log(): string {
    return join(this.path, 'agent.log');
  }
}
