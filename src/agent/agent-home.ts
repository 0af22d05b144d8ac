import { join } from 'node:path';

/** The agent's own folder: its runs, its index of backups and the key that opens them. Never inside a target. */
export class AgentHome {
  /** Absolute. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
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

  get log(): string {
    return join(this.path, 'agent.log');
  }
}
