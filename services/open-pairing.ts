import type { Clock } from '../src/protocol/clock.ts';
import type { CloseName } from '../src/protocol/close-codes.ts';
import { HubPairing, type HubPairingStep, type PairingQuestion } from '../src/protocol/hub-pairing.ts';
import { newAgentId } from '../src/protocol/ids.ts';
import { thumbprint } from '../src/protocol/keys.ts';
import { PAIRING } from '../src/protocol/limits.ts';
import { transcript } from '../src/protocol/transcript.ts';
import type { AuditLog } from './audit-log.ts';
import type { HubCertificate } from './hub/certificate.ts';
import type { Connection, FrameHandler } from './hub/connection.ts';
import type { BotIdentity } from './hub/identity.ts';
import type { Actor, PairingRequest } from './services.ts';
import { opaqueId } from './store/records/ids.ts';
import type { Records } from './store/records/records.ts';

export interface PairingDeps {
  readonly records: Records;
  readonly audit: AuditLog;
  readonly identity: BotIdentity;
  readonly certificate: HubCertificate;
  readonly clock: Clock;
  /** OWNER_ID: the only account that is asked. */
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

/** Machines that one account may have. */
const MAX_MACHINES = 10;

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
  #os = '';
  #agentId: string | undefined;
  #isOver = false;

  constructor(deps: PairingDeps, connection: Connection) {
    const { identity, certificate, app, clock } = deps;
    this.#deps = deps;
    this.#connection = connection;
    this.#openedAt = clock.elapsed();
    this.#expires = clock.now().getTime() + PAIRING.totalMs;
    this.#protocol = new HubPairing({
      bot: identity.bot,
      next: identity.next,
      certificate: certificate.jws,
      app,
      clock,
    });
  }

  /** What the owner is asked, from the moment on that there is something to ask. */
  get request(): PairingRequest | undefined {
    return this.#request;
  }

  /** Milliseconds since it began. */
  get age(): number {
    return this.#deps.clock.elapsed() - this.#openedAt;
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

  /** The owner's answer, taken once. Resolves when the computer is paired, or will not be. @throws what `usernameOf` does */
  async answer(actor: Actor, yes: boolean): Promise<Answer> {
    const { records, usernameOf, guild = '' } = this.#deps;
    const presser = { user: actor.user, guild };
    // First, so that the answer is not used up when Discord does not tell.
    const username = yes ? await usernameOf(actor.user) : undefined;
    const id = this.#request?.id ?? '';
    if ((await records.pairings.answer(id, presser, yes ? 'confirmed' : 'refused')) === undefined)
      return 'gone';
    await this.#note(`the owner ${yes ? 'confirmed' : 'refused'} the pairing`, actor.guild);
    if (!yes) {
      this.#connection.close('AUTH_FAILED');
      this.#end('refused');
      return 'refused';
    }
    if (username === undefined || !/^[a-z0-9._]{2,32}$/.test(username)) this.#fail('AUTH_FAILED');
    else await this.#follow(this.#protocol.claim({ id: actor.user, username }, actor.guild));
    return await this.#ended.promise;
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

  async #ask({ label, os, user, words }: PairingQuestion): Promise<void> {
    this.#os = os;
    const { records, owner, guild = '' } = this.#deps;
    const request = { id: opaqueId(), host: label, osUser: user, label, words, expires: this.#expires };
    const begun = await records.pairings.begin({
      id: request.id,
      guild,
      user: owner,
      words: words.join(' '),
      host: label,
      osUser: user,
      transcript: transcript(this.#frames),
      expiresAt: this.#expires,
    });
    if (begun === 'too-many') {
      await this.#note('a pairing was not asked about: asked often enough this hour');
      return this.#fail('RATE');
    }
    if (this.#isOver) {
      await records.pairings.abandon(request.id);
      return;
    }
    this.#request = request;
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
      if ((await tables.agents.ofOwner(scope)).length >= MAX_MACHINES) return false;
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
    this.#deps.onOver();
    const request = this.#request;
    if (request !== undefined) {
      if (state === 'expired') void this.#deps.records.pairings.abandon(request.id).catch(this.#deps.onFault);
      this.#deps.onState(request, state);
    }
    this.#ended.resolve(state === 'expired' ? 'gone' : state);
  }

  async #note(text: string, guild = this.#deps.guild): Promise<void> {
    const { records, audit, owner } = this.#deps;
    await audit.decision(records, text, { actor: owner, ...(guild === undefined ? {} : { guild }) });
  }
}
