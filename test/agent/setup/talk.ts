import { join } from 'node:path';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import type { Talk } from '../../../src/agent/setup/talk.ts';
import type { System } from '../../../src/agent/system.ts';

export interface TestTalk extends Talk {
  /** All that was said and asked. */
  readonly said: string[];
}

/** A person at a terminal who answers every question with `answer`; undefined: nobody is there. */
export function talkAt(
  system: System,
  { spec, answer }: { readonly spec?: string; readonly answer?: boolean },
): TestTalk {
  const said: string[] = [];
  return {
    system,
    settings: {
      home: new AgentHome(join(system.home, '.local/state/migration-agent')),
      target: undefined,
      backups: join(system.home, '.agent-workflow-backups'),
      packageSpec: spec,
    },
    yes: answer === undefined,
    json: false,
    terminal: answer !== undefined,
    said,
    say: (line) => {
      said.push(line);
    },
    confirm: async (question) => {
      said.push(question);
      if (answer === undefined) throw new Error('nobody can be asked');
      return answer;
    },
  };
}
