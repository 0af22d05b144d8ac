import type { Surroundings } from '../../src/agent/plan/assessment.ts';
import { NOW } from './plan.ts';

/** Surroundings in which there is nothing to say. */
export const NOTHING_AROUND: Surroundings = {
  patches: { git: 'not-a-repository', upstream: undefined, patches: [], more: 0 },
  references: { references: [], blindSpots: [] },
  hygiene: [],
  machine: {
    kind: 'plain',
    installed: undefined,
    usage: { level: 'none', last_used: undefined, active_projects: 0 },
    isForeign: false,
    environments: [],
    commands: [],
    others: [],
    openFiles: [],
    blindSpots: [],
    findings: [],
  },
  readiness: { ready: true, places: [], findings: [] },
  estimate: {
    seconds: { from: 1, to: 9 },
    disk_bytes: { from: 1000, to: 2000 },
    measured: { files: 1, bytes: 1, milliseconds: 1, planning_milliseconds: 100 },
  },
  now: NOW,
};
