import type { ClaimedMachine, PairingRequest } from '../services/services.ts';
import { AppError } from '../src/shared/errors.ts';
import { type Answer, type Asker, type CommandDeps, type ComponentHandler, here } from './command.ts';
import { digitsCard, linkRequestCard, noRequestCard, pairingAnswerCard } from './views/pairing.ts';

/** The computer that asks to be linked, or how to make one ask. */
export async function showPairing({ owner }: Asker, { pairings, button }: CommandDeps): Promise<Answer> {
  const [request] = await pairings.open(owner);
  if (request === undefined) return here(noRequestCard(await button(owner, { route: 'pair', data: {} })));
  return await ask(request, owner, button);
}

/** The computer whose terminal shows this code. */
export async function showPairingByCode(
  code: string,
  { owner, actor }: Asker,
  { pairings, button }: CommandDeps,
): Promise<Answer> {
  const found = await pairings.byCode(actor, code);
  if (found === 'locked') throw new AppError('TOO_MANY_CODES');
  if (found === 'unknown') throw new AppError('CODE_UNKNOWN');
  return await ask(found, owner, button);
}

/** Refuse, accept, or look again. */
export const pairButton = {
  route: 'pair',
  permission: 'everyone',
  id: 'row',
  async press(data, _values, asker, deps) {
    const { request, yes, from } = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof request !== 'string' || typeof yes !== 'boolean') return await showPairing(asker, deps);
    if (yes && from === 'elsewhere') return await claim(request, asker, deps);
    return here(await answerCard(await deps.pairings.answer(asker.actor, request, yes), asker, deps));
  },
} as const satisfies ComponentHandler;

async function ask(
  request: PairingRequest,
  owner: Asker['owner'],
  button: CommandDeps['button'],
): Promise<Answer> {
  const { id, from } = request;
  const answer = (yes: boolean) => button(owner, { route: 'pair', data: { request: id, yes, from } });
  return here(linkRequestCard(request, await answer(false), await answer(true)));
}

/** Shows the digits; once they were typed at the computer, that it is linked. */
async function claim(id: string, asker: Asker, deps: CommandDeps): Promise<Answer> {
  const claimed = await deps.pairings.claim(asker.actor, id);
  if (claimed === 'full') throw new AppError('TOO_MANY_MACHINES');
  if (claimed === 'gone') return here(pairingAnswerCard('gone', undefined));
  const list = await deps.button(asker.owner, { route: 'machines', data: {} });
  return {
    at: 'here',
    card: digitsCard(claimed.digits, list),
    onShown: () => linked(claimed, asker, deps),
  };
}

/** Undefined if it takes longer than anybody is sure to look; the button of the card tells then. */
async function linked(claimed: ClaimedMachine, asker: Asker, deps: CommandDeps) {
  const end = await deps.withinAnswer(claimed.ended);
  return end === undefined ? undefined : await answerCard(end, asker, deps);
}

async function answerCard(
  end: 'paired' | 'refused' | 'gone',
  { owner }: Asker,
  { button }: Pick<CommandDeps, 'button'>,
) {
  return pairingAnswerCard(
    end,
    end === 'paired' ? await button(owner, { route: 'assess', data: {} }) : undefined,
  );
}
