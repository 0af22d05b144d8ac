import { keyItem } from '../plan/ledger.ts';
import type { Conversion } from './conversion.ts';

/** A settings file that is as upstream ships it says what the program did by itself: its values are not the person's. */
export const shippedDefaults: Conversion = {
  id: 'shipped-defaults',
  version: 1,
  about: 'Values of settings files that nobody edited are defaults, and stay defaults.',
  inverse: { none: 'nobody edited these files: the clone has them as they were' },
  convert(work) {
    for (const file of work.survey.settings.filter(({ rel }) => work.survey.shipped.has(rel))) {
      for (const { path } of file.leaves) {
        work.ledger.add({
          kind: 'key',
          item: keyItem(file.rel, path),
          fate: 'default',
          note: 'as upstream ships it',
        });
      }
    }
  },
};
