import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';

/** What the final setup needs of whoever called it; a command's `Call` is one. */
export interface Talk {
  readonly system: System;
  readonly settings: AgentSettings;
  /** `--yes`: nobody is asked, and it stands for nothing that was not named. */
  readonly yes: boolean;
  readonly json: boolean;
  readonly terminal: boolean;
  say(line: string): void;
  confirm(question: string): Promise<boolean>;
}

/** True where a person sits at a terminal and wants to be asked. */
export function canAsk({ yes, json, terminal }: Pick<Talk, 'yes' | 'json' | 'terminal'>): boolean {
  return terminal && !json && !yes;
}
