import { counted } from '../../shared/words.ts';
import type { Survey } from '../survey/survey.ts';

export interface Complexity {
  readonly level: 'minimal' | 'basic' | 'moderate' | 'complex';
  readonly score: number;
  readonly because: readonly string[];
}

/** The mission's score (its §3.1), counting only the installation's own files, never a virtual environment. */
export function complexityOf(
  survey: Pick<Survey, 'settings' | 'shipped' | 'inventory' | 'envFiles'>,
): Complexity {
  const settings = survey.settings.filter(({ rel }) => !survey.shipped.has(rel)).length;
  const agents = survey.inventory.files.filter(({ kind }) => kind === 'agent').length;
  const env = survey.envFiles.some(({ outside }) => outside !== true) ? 2 : 0;
  const score = settings + agents + env;
  const level = score === 0 ? 'minimal' : score <= 3 ? 'basic' : score <= 7 ? 'moderate' : 'complex';
  const because = [
    ...(settings > 0 ? [`${counted(settings, 'settings file')} of your own`] : []),
    ...(env > 0 ? ['env files'] : []),
    ...(agents > 0 ? [counted(agents, 'custom agent')] : []),
  ];
  return { level, score, because };
}
