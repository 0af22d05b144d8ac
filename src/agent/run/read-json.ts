import { AppError } from '../../shared/errors.ts';
import type { PathLike, ReadSystem } from '../system.ts';

const MOST = 256 << 20;

/** What a run wrote down for later. @throws RUN_FILE_DAMAGED for a file that is no JSON */
export function readJson(system: ReadSystem, path: PathLike): unknown {
  const text = system.readFile(path, MOST).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('RUN_FILE_DAMAGED', { path: String(path) }, { file: String(path) });
  }
}
