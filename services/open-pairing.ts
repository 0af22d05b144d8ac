import type { Clock } from '../src/protocol/clock.ts';
import type { CloseName } from '../src/protocol/close-codes.ts';
import { digestOf } from '../src/protocol/digest.ts';
import { HubPairing, type HubPairingStep, type PairingQuestion } from '../src/protocol/hub-pairing.ts';
import { newAgentId } from '../src/protocol/ids.ts';
import { thumbprint } from '../src/protocol/keys.ts';
import { HANDSHAKE, PAIRING } from '../src/protocol/limits.ts';
import { transcript } from '../src/protocol/transcript.ts';
import type { AuditLog } from './audit-log.ts';
import type { HubCertificate } from './hub/certificate.ts';
import type { Connection, FrameHandler } from './hub/connection.ts';
import type { BotIdentity } from './hub/identity.ts';
import type { Actor, ClaimedMachine, PairingRequest } from './services.ts';
import { opaqueId } from './store/records/ids.ts';
import type { Records } from './store/records/records.ts';

export interface PairingDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly identity: BotIdentity;
  readonly certificate: HubCertificate;
  readonly clock: Clock;
  /** What the computer's terminal shows and somebody types in Discord; null on the bot's own machine. */
  readonly code: string | null;
  /** What is stored of it. */
  readonly codeHash: string | undefined;
  /** OWNER_ID: the only account that is asked without a code. */
  readonly owner: string;
  /** The server in which machines are paired; undefined: wherever the owner answers. */
  readonly guild: string | undefined;
  /** Id of the bot's application. */
  readonly app: string;
  /** The user name (not the one displayed) of an account, as Discord gives it now. */
  readonly usernameOf: (user: string) => Promise<string | undefined>;
  readonly onState: (request: PairingRequest, state: 'open' | 'paired' | 'refused' | 'expired') => void;
  readonly onOver: () => void;
  readonly onFault: (error: unknown) => void;
}

type Answer = 'paired' | 'refused' | 'gone';

/** One computer that asks to be linked, on one connection, from its first frame to its last. */
export class OpenPairing implements FrameHandler {
  readonly #deps: PairingDeps;
  readonly #connection: Connection;
  readonly #protocol: HubPairing;
  readonly #openedAt: number;
  readonly #expires: number;
  /** The three frames that T covers. */
  readonly #frames: Buffer[] = [];
  readonly #ended = Promise.withResolvers<Answer>();
  #request: PairingRequest | undefined;
  #digits = '';
  #isPending = false;
  #claimant: string | undefined;
  #os = '';
  #agentId: string | undefined;
  #isOver = false;

  constructor(deps: PairingDeps, connection: Connection) {
    const { identity, certificate, app, code, clock } = deps;
    this.#deps = deps;
    this.#connection = connection;
    this.#openedAt = clock.elapsed();
    this.#expires = clock.now().getTime() + PAIRING.totalMs;
    this.#protocol = new HubPairing({
      bot: identity.bot,
      next: identity.next,
      certificate: certificate.jws,
      app,
      code,
      clock,
    });
  }

  /** Another machine asks, for whoever types its code. */
  get isByCode(): boolean {
    return this.#deps.code !== null;
  }

  get codeHash(): string | undefined {
    return this.#deps.codeHash;
  }

  /** Nobody answered yet. */
  get isPending(): boolean {
    return this.#isPending;
  }

  /** What the person is asked, from the moment on that there is something to ask. */
  get request(): PairingRequest | undefined {
    return this.#request;
  }

  /** Whom its connection is counted under; undefined on the Unix socket. */
  get address(): string | undefined {
    return this.#connection.address;
  }

  /** A program reveals at once what it committed to; only a person takes minutes. */
  get isLate(): boolean {
    const age = this.#deps.clock.elapsed() - this.#openedAt;
    return age > (this.#frames.length < 3 ? HANDSHAKE.totalMs : PAIRING.totalMs);
  }

  async onFrame(frame: Buffer): Promise<void> {
    if (this.#frames.length < 3) this.#frames.push(frame);
    await this.#follow(await this.#protocol.onFrame(frame));
  }

  /** The computer went away. Where it had got its id it is paired: its first handshake counts as the acknowledgement. */
  onClose(): void {
    this.#end(this.#agentId === undefined ? 'expired' : 'paired');
  }

  expire(): void {
    this.#connection.close('TIMEOUT');
    this.onClose();
  }

  /** The person's answer, taken once. Resolves when the computer is paired, or will not be. @throws what `usernameOf` does */
  async answer(actor: Actor, yes: boolean): Promise<Answer> {
    if (yes) {
      if (!(await this.#accept(actor))) return 'gone';
      return await this.#ended.promise;
    }
    if (!(await this.#take(actor, 'refused'))) return 'gone';
    this.#connection.close('AUTH_FAILED');
    this.#end('refused');
    return 'refused';
  }

  /** The first who says that the computer is theirs has it; to say so again changes nothing. @throws what `usernameOf` does */
  async claim(actor: Actor): Promise<ClaimedMachine | 'gone' | 'full'> {
    if (!this.#isOver && this.#claimant === actor.user) return this.#claimed();
    const theirs = await this.#deps.records.agents.ofOwner({ guild: actor.guild, owner: actor.user });
    if (theirs.length >= PAIRING.machinesPerUser) return 'full';
    if (!(await this.#accept(actor))) return 'gone';
    this.#claimant = actor.user;
    return this.#claimed();
  }

  #claimed(): ClaimedMachine {
    const ended = this.#ended.promise.then((end) => (end === 'paired' ? end : 'gone'));
    return { digits: this.#digits, ended };
  }

  /** Tells the computer who says yes. False when it was answered before. */
  async #accept(actor: Actor): Promise<boolean> {
    // First, so that the answer is not used up when Discord does not tell.
    const username = await this.#deps.usernameOf(actor.user);
    if (!(await this.#takeOrFail(actor))) return false;
    if (username === undefined || !/^[a-z0-9._]{2,32}$/.test(username)) this.#fail('AUTH_FAILED');
    else await this.#follow(this.#protocol.claim({ id: actor.user, username }, actor.guild));
    return true;
  }

  /** An answer that was used up and could not be noted ends the pairing: nobody is left waiting. */
  async #takeOrFail(actor: Actor): Promise<boolean> {
    try {
      return await this.#take(actor, 'confirmed');
    } catch (error) {
      this.#fail('AUTH_FAILED');
      throw error;
    }
  }

  /** Takes the answer in the records. False when it was given before, or is not this person's to give. */
  async #take(actor: Actor, state: 'confirmed' | 'refused'): Promise<boolean> {
    const { records, guild = '' } = this.#deps;
    const id = this.#request?.id ?? '';
    const taken = this.isByCode
      ? await records.pairings.claim(id, actor, state)
      : await records.pairings.answer(id, { user: actor.user, guild }, state);
    if (taken === undefined) return false;
    this.#isPending = false;
    await this.#note(`the pairing was ${state}`, actor);
    return true;
  }

  async #follow(step: HubPairingStep): Promise<void> {
    if (this.#isOver) return;
    if ('close' in step) return this.#fail(step.close);
    if ('send' in step) {
      if (this.#frames.length < 3) this.#frames.push(step.send);
      return this.#connection.send(step.send);
    }
    if ('ask' in step) return await this.#ask(step.ask);
    if ('confirmed' in step) return await this.#store(step.confirmed);
    this.#connection.finish();
    this.#end('paired');
  }

  async #ask({ label, os, user, words, digits }: PairingQuestion): Promise<void> {
    this.#os = os;
    this.#digits = digits;
    const { records, owner, guild = '', codeHash } = this.#deps;
    const from = this.isByCode ? 'elsewhere' : 'here';
    const request = {
      id: opaqueId(),
      from,
      host: label,
      osUser: user,
      label,
      words,
      expires: this.#expires,
    } as const;
    const begun = {
      id: request.id,
      words: words.join(' '),
      host: label,
      osUser: user,
      // Of T itself the digits are made, which are in no record.
      transcript: digestOf(transcript(this.#frames)),
      expiresAt: this.#expires,
    };
    if (codeHash !== undefined) await records.pairings.beginByCode({ ...begun, codeHash });
    else if ((await records.pairings.begin({ ...begun, guild, user: owner })) === 'too-many') {
      await this.#note('a pairing was not asked about: asked often enough this hour', { user: owner });
      return this.#fail('RATE');
    }
    if (this.#isOver) {
      await records.pairings.abandon(request.id);
      return;
    }
    this.#request = request;
    this.#isPending = true;
    this.#deps.onState(request, 'open');
  }

  async #store({
    jwk,
    user,
    guild,
  }: Extract<HubPairingStep, { confirmed: unknown }>['confirmed']): Promise<void> {
    const { records, audit, clock } = this.#deps;
    const scope = { guild, owner: user };
    const label = this.#request?.label ?? '';
    const agentId = newAgentId(clock.now());
    const isStored = await records.transaction(async (tables) => {
      if ((await tables.agents.ofOwner(scope)).length >= PAIRING.machinesPerUser) return false;
      await tables.agents.add({
        id: agentId,
        ...scope,
        label,
        os: this.#os,
        jwk,
        thumbprint: thumbprint(jwk),
      });
      await audit.decision(tables, 'the machine was paired', { guild, agent: agentId, actor: user });
      return true;
    });
    if (!isStored) return this.#fail('RATE');
    if (this.#isOver) {
      // The computer went away before it heard its id: it has kept nothing.
      await records.agents.revoke(agentId, scope);
      return;
    }
    this.#agentId = agentId;
    await this.#follow(this.#protocol.finish(agentId));
  }

  #fail(name: CloseName): void {
    this.#connection.close(name);
    this.onClose();
  }

  #end(state: 'paired' | 'refused' | 'expired'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isPending = false;
    this.#deps.onOver();
    const request = this.#request;
    if (request !== undefined) {
      if (state === 'expired') void this.#deps.records.pairings.abandon(request.id).catch(this.#deps.onFault);
      this.#deps.onState(request, state);
    }
    this.#ended.resolve(state === 'expired' ? 'gone' : state);
  }

  async #note(text: string, who: { readonly user: string; readonly guild?: string }): Promise<void> {
    const { records, audit, guild = who.guild } = this.#deps;
    await audit.decision(records, text, { actor: who.user, ...(guild === undefined ? {} : { guild }) });
  }
}
