import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { opensStore } from '../credentials/legacy-store.ts';
import type { Plan } from '../plan/plan.ts';
import { type MigrationRequest, planMigration } from '../run/plan-migration.ts';
import { storeBytes } from '../survey/secrets.ts';
import { closeSurvey } from '../survey/survey.ts';
import { askHidden } from './ask-hidden.ts';
import type { Call } from './verb.ts';

const TRIES = 3;
const DECISION = 'store:.orch-global/security';

/**
 * The plan, made again with the master password where the old store needs one and a person can be asked for it. Without an
 * answer the store stays locked, which is an open decision. The survey of the plan that is given up is closed.
 */
export async function planWithPassword(
  call: Call,
  request: MigrationRequest,
): Promise<{ readonly plan: Plan; readonly request: MigrationRequest }> {
  const plan = planMigration(call.system, request);
  if (!plan.survey.takesPassword || request.answers.has(DECISION) || !canAsk(call)) return { plan, request };
  const masterPassword = await storePassword(call, plan.survey.source);
  if (masterPassword === undefined) return { plan, request };
  closeSurvey(plan.survey);
  const again = { ...request, masterPassword };
  return { plan: planMigration(call.system, again), request: again };
}

/** For a run that opened the store with a password. @throws STORE_PASSWORD_WRONG */
export async function passwordAgain(call: Call, source: string): Promise<Secret | undefined> {
  return canAsk(call) ? storePassword(call, source) : undefined;
}

/** Undefined where nothing was typed. @throws STORE_PASSWORD_WRONG after as many tries as there are */
async function storePassword(call: Call, source: string): Promise<Secret | undefined> {
  const store = storeBytes(call.system, source);
  if (store === undefined) return undefined;
  call.say(
    'The old encrypted store needs a master password; its master.key is missing or does not open all of it.',
  );
  for (let left = TRIES; left > 0; left -= 1) {
    const typed = await askHidden(
      'Master password (not shown; Enter leaves the store locked):',
      'MASTER_PASSWORD',
    );
    if (typed === undefined || opensStore(store, typed)) return typed;
    call.say('That master password does not open the store.');
  }
  throw new AppError('STORE_PASSWORD_WRONG');
}

function canAsk(call: Call): boolean {
  return call.terminal && !call.yes && !call.json;
}
