import { AppError } from '../../shared/errors.ts';
import { secretShapes } from '../credentials/secret-kinds.ts';
import type { Survey } from '../survey/survey.ts';
import type { RenderedTarget } from './render-target.ts';

/**
 * The last look at all that is shown and written in clear, for the secret that no rule kept out of it. What the person's
 * own new home says in clear already is no fault of the plan.
 * @throws SECRET_EXPOSED, which names the secret and not its value.
 */
export function refuseExposed(
  survey: Survey,
  planBytes: Buffer,
  { config, registry, base }: RenderedTarget,
): void {
  const { target } = survey;
  refuseIn(survey, planBytes.toString('utf8'), '');
  refuseIn(survey, JSON.stringify(survey.findings), '');
  refuseIn(survey, config ?? '', target.config?.text ?? '');
  refuseIn(survey, registry ?? '', target.registry?.text ?? '');
  refuseIn(survey, base ?? '', '');
}

function refuseIn({ neverShown }: Survey, text: string, wasThere: string): void {
  for (const secret of neverShown) {
    const value = secret.reveal().toString('utf8');
    // JSON writes a quote or a line end of a secret in two characters.
    const spellings = [value, JSON.stringify(value).slice(1, -1)];
    if (spellings.some((one) => text.includes(one) && !wasThere.includes(one))) refuse(secret.name);
  }
  for (const { pattern, token } of secretShapes(text)) {
    // `NAME = "value"` is no shape of the value: keys that only look like a secret's are settings.
    if (pattern.type === 'password' || !/\d/.test(token) || wasThere.includes(token)) continue;
    refuse(`a ${pattern.provider} ${pattern.type}`);
  }
}

function refuse(name: string): never {
  throw new AppError('SECRET_EXPOSED', { name });
}
