import { displayPath, joinPath } from '../paths.ts';
import type { Check } from './check.ts';
import { counted } from './check.ts';

export const statePreservation: Check = {
  name: 'state_preservation',
  about:
    'Every file of every .orch-state is where it was, with the size and times that it had before the run.',
  check({ system, plan }) {
    const files = plan.survey.states.flatMap((state) =>
      state.entries
        .filter(({ kind }) => kind === 'file')
        .map(({ rel, stat }) => ({ path: joinPath(state.path, rel), stat })),
    );
    const changed = files.filter(({ path, stat }) => {
      const now = system.lstat(path);
      return now?.size !== stat.size || now.mtimeNs !== stat.mtimeNs || now.ino !== stat.ino;
    });
    const reason = changed[0] && `${displayPath(changed[0].path)} changed during the run`;
    return counted('state_preservation', 'files', files.length - changed.length, files.length, reason);
  },
};
