import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inventedLog } from './invented.ts';
import { commitFiles, type Files, writeFiles } from './repository.ts';

/** Where the sample's projects lie below the home folder. */
export const PROJECT_FOLDERS = {
  'shop-front': 'work/shop-front',
  'orders-api': 'work/orders-api',
  'round-planner': 'work/round-planner',
} as const;

export type ProjectName = keyof typeof PROJECT_FOLDERS;

const SOURCES: Readonly<Record<ProjectName, Files>> = {
  'shop-front': {
    'README.md': '# Shop front\n\nWhat people see when they order bread.\n',
    'package.json': `${JSON.stringify({ name: 'shop-front', private: true, dependencies: { react: '19.0.0' } }, null, 2)}\n`,
    'src/basket.tsx': 'export const Basket = () => <p>Nothing in it yet.</p>;\n',
  },
  'orders-api': {
    'README.md': '# Orders\n\nTakes orders and hands them to the bakers.\n',
    'requirements.txt': 'fastapi>=0.110\nuvicorn\n',
    'app/main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n',
  },
  'round-planner': {
    'README.md': '# Round planner\n\nFinds the shortest round for the van.\n',
    'go.mod': 'module example.org/round-planner\n\ngo 1.23\n',
    'main.go': 'package main\n\nfunc main() {}\n',
  },
};

const SPRINTS = 6;
const CYCLES = 12;

/** Three small repositories, each with the orchestrator's state beside its code. `stateBytes` is that of one. */
export async function writeProjects(home: string, stateBytes: number): Promise<void> {
  const names = Object.keys(PROJECT_FOLDERS) as ProjectName[];
  await Promise.all(
    names.map(async (name) => {
      const folder = join(home, PROJECT_FOLDERS[name]);
      await mkdir(folder, { recursive: true });
      const files = { ...SOURCES[name], '.gitignore': '.orch-state/\n' };
      await commitFiles(folder, files, { message: `${name}: the first loaf`, at: '2025-03-03T07:00:00Z' });
      await writeFiles(join(folder, '.orch-state'), stateFiles(name, stateBytes));
    }),
  );
}

function stateFiles(name: ProjectName, bytes: number): Files {
  const story = (n: number) => ({ id: `${name}-${n}`, title: `Story ${n}`, points: 1 + (n % 5) });
  const journal = (what: string) => inventedLog(`${name} ${what}`, (bytes * 0.4) / (SPRINTS + CYCLES));
  const numbered = (count: number, path: (n: number) => string, content: (n: number) => object) =>
    Array.from({ length: count }, (_, n) => [path(n + 1), json(content(n + 1))]);
  return {
    'status.json': json({
      project_name: name,
      current_state: 'SPRINT_ACTIVE',
      active_tasks: [story(1), story(2)],
      pending_approvals: [],
    }),
    'backlog.json': json({ stories: Array.from({ length: 24 }, (_, n) => story(n + 1)) }),
    'architecture.md': `# How ${name} is built\n\nOne process, one database.\n`,
    'best-practices.md': '# What we agreed on\n\n- Small steps.\n- Tests first.\n',
    'logs/agent.log': inventedLog(name, bytes * 0.6),
    ...Object.fromEntries([
      ...numbered(
        SPRINTS,
        (n) => `sprints/sprint-${n}.json`,
        (n) => ({ sprint: n, stories: [story(n)], journal: journal(`sprint ${n}`) }),
      ),
      ...numbered(
        CYCLES,
        (n) => `tdd_cycles/cycle-${n}.json`,
        (n) => ({ cycle: n, phase: 'green', output: journal(`cycle ${n}`) }),
      ),
    ]),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
