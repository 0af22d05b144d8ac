import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// As the entry of the agent does it.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'migration-agent'));

/** What the bench measures, each a whole process: `make TREE PARENT`, `verify PARENT`, `restore PARENT TO`, `limit TREE`. */
const [action = '', first = '', second = ''] = process.argv.slice(2);
void import('./backup-actions.ts').then(({ ACTIONS }) => ACTIONS[action]?.(first, second));
