import { type Answer, type Asker, type CommandDeps, type ComponentHandler, here } from './command.ts';
import { linkRequestCard, noRequestCard, pairingAnswerCard } from './views/pairing.ts';

/** The computer that asks to be linked, or how to make one ask. */
export async function showPairing({ owner }: Asker, { pairings, button }: CommandDeps): Promise<Answer> {
  const [request] = await pairings.open(owner);
  if (request === undefined) return here(noRequestCard(await button(owner, { route: 'pair', data: {} })));
  const answer = (yes: boolean) => button(owner, { route: 'pair', data: { request: request.id, yes } });
  return here(linkRequestCard(request, await answer(false), await answer(true)));
}

/** Refuse, accept, or look again. */
export const pairButton = {
  route: 'pair',
  permission: 'everyone',
  id: 'row',
  async press(data, _values, asker, deps) {
    const { request, yes } = (data ?? {}) as { readonly request?: unknown; readonly yes?: unknown };
    if (typeof request !== 'string' || typeof yes !== 'boolean') return await showPairing(asker, deps);
    const outcome = await deps.pairings.answer(asker.actor, request, yes);
    const assess =
      outcome === 'paired' ? await deps.button(asker.owner, { route: 'assess', data: {} }) : undefined;
    return here(pairingAnswerCard(outcome, assess));
  },
} as const satisfies ComponentHandler;
