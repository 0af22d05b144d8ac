import type { ProjectState } from '../state.ts';

export interface Usage {
  /** `none`: no state at all; `idle`: nothing for 90 days; `light`: one project within 30 days; `regular`: several. */
  readonly level: 'none' | 'idle' | 'light' | 'regular';
  /** ISO time of the youngest file of any project's state. */
  readonly last_used: string | undefined;
  /** Projects with state from the last 30 days. */
  readonly active_projects: number;
}

const DAY_MS = 86_400_000;

/** How much the installation is used, by the times of what its projects wrote. */
export function usageOf(states: readonly ProjectState[], now: Date): Usage {
  const newest = states.map(({ entries }) =>
    entries.reduce(
      (latest, { stat, kind }) => (kind === 'file' && stat.mtimeNs > latest ? stat.mtimeNs : latest),
      0n,
    ),
  );
  const times = newest.map((time) => Number(time / 1_000_000n)).filter((time) => time > 0);
  if (times.length === 0) return { level: 'none', last_used: undefined, active_projects: 0 };
  const last = times.reduce((latest, time) => Math.max(latest, time), 0);
  const within = (days: number) => times.filter((time) => now.getTime() - time <= days * DAY_MS).length;
  const active = within(30);
  const level = active > 1 ? 'regular' : active === 1 || within(90) > 0 ? 'light' : 'idle';
  return { level, last_used: new Date(last).toISOString(), active_projects: active };
}
