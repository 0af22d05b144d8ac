import { LIMITS } from './limits.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';

/** Problems of the list of file types of an upload or of an attachment option. */
export function fileTypeProblems(types: readonly string[], path: Path): RuleProblem[] {
  const wrong = types.flatMap((type, index) =>
    /^(image|video|audio|\.[A-Za-z0-9]+)$/.test(type)
      ? []
      : [problem([...path, index], 'file-types', `${type} is not image, video, audio or an extension`)],
  );
  if (types.length <= LIMITS.fileTypes) return wrong;
  return [...wrong, problem(path, 'file-types', `${types.length} types, at most ${LIMITS.fileTypes}`)];
}
