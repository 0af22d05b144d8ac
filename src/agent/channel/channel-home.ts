import { join } from 'node:path';
import type { AgentHome } from '../agent-home.ts';

/** What the channel keeps in the agent's home. What belongs to one pairing lies in a folder named after its agent id. */
export class ChannelHome {
  readonly path: string;

  constructor(home: Pick<AgentHome, 'path'>) {
    this.path = join(home.path, 'channel');
  }

  /** The agent's key and what it has pinned; its absence means "not paired". */
  get identity(): string {
    return join(this.path, 'identity.json');
  }

  /** Outlives every pairing. */
  get audit(): string {
    return join(this.path, 'audit.ndjson');
  }

  /** There while everything from the bot is refused. */
  get standstill(): string {
    return join(this.path, 'paused.json');
  }

  pairing(agentId: string): string {
    return join(this.path, agentId);
  }

  commands(agentId: string): string {
    return join(this.pairing(agentId), 'commands.ndjson');
  }

  events(agentId: string): string {
    return join(this.pairing(agentId), 'events.ndjson');
  }
}
