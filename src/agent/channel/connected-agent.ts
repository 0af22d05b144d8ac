import { randomBytes } from 'node:crypto';
import { type Digest, digestOf } from '../../protocol/digest.ts';
import type { JobType } from '../../protocol/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import { logFault } from '../fault-log.ts';
import { JobRunner } from '../jobs/runner.ts';
import { StoredPlans } from '../jobs/stored-plans.ts';
import { policyDigest, readPolicy } from '../policy.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import { addressText, type HubAddress } from './address.ts';
import { AuditLog } from './audit.ts';
import { ChannelHome } from './channel-home.ts';
import { CommandDoor } from './command-door.ts';
import { CommandLedger } from './command-ledger.ts';
import { Connection } from './connection.ts';
import { Events } from './events.ts';
import { type Identity, removeIdentity } from './identity.ts';
import { tellInterrupted } from './interrupted-jobs.ts';
import { endLine, type Notices } from './local-notice.ts';
import { ProbationLooks } from './probation-looks.ts';
import { prove } from './prove.ts';
import { stayConnected, type Try } from './reconnect.ts';
import { Session } from './session.ts';
import { Spool } from './spool.ts';
import type { Timers } from './timers.ts';

export interface ConnectedAgentOptions {
  readonly system: System;
  readonly settings: AgentSettings;
  readonly identity: Identity;
  /** Tried in this order. */
  readonly addresses: readonly HubAddress[];
  readonly notices: Notices;
  readonly timers: Timers;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** End by itself after the last look at a migrated home. */
  readonly untilSettled?: boolean;
}

/** Milliseconds that the bot gets to hear that the pairing is over. */
const GOODBYE_MS = 5_000;

/** The agent while it is connected, and while it tries to be. One for each pairing and process. */
export class ConnectedAgent {
  readonly #options: ConnectedAgentOptions;
  readonly #home: ChannelHome;
  readonly #ledger: CommandLedger;
  readonly #spool: Spool;
  readonly #audit: AuditLog;
  readonly #events: Events;
  readonly #runner: JobRunner;
  readonly #door: CommandDoor;
  readonly #looks: ProbationLooks;
  /** At the first connection: before it nobody knows what time the events should bear. */
  readonly #tellInterrupted: () => void;
  readonly #instance = randomBytes(32).toString('base64url');
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #connection: Connection | undefined;

  /** Opens what this computer remembers. @throws CHANNEL_RECORDS_DAMAGED, CONFIG_INVALID */
  constructor(options: ConnectedAgentOptions) {
    this.#options = options;
    const { system, settings, identity, notices, timers } = options;
    const { agentId } = identity;
    this.#home = new ChannelHome(settings.home);
    // Nobody connects with a policy that cannot be read.
    readPolicy(system, settings.home);
    this.#ledger = CommandLedger.open(system, this.#home.commands(agentId));
    this.#spool = Spool.open(system, this.#home.events(agentId));
    this.#audit = AuditLog.open(system, this.#home.audit);
    const plans = new StoredPlans(system, settings.home);
    plans.forgetOld();
    this.#events = new Events(system, identity, this.#spool);
    const onSettled = options.untilSettled === true ? () => void this.stop() : undefined;
    this.#looks = new ProbationLooks({ ...options, onSettled });
    const shared = {
      system,
      settings,
      identity,
      agentId,
      events: this.#events,
      audit: this.#audit,
      plans,
      ledger: this.#ledger,
      spool: this.#spool,
      notices,
      timers,
      tell: (type: JobType, words: string) => {
        notices.notice(endLine(type, words));
        this.#looks.plan();
      },
    };
    this.#runner = new JobRunner(shared);
    this.#door = new CommandDoor({
      ...shared,
      runner: this.#runner,
      home: this.#home,
      unpair: () => this.#unpair(),
    });
    this.#tellInterrupted = onceOnly(() => tellInterrupted(shared));
  }

  /** Stays connected until `stop`, or until only a person can mend it. Jobs have ended when this returns. */
  async run(): Promise<'stopped' | 'stop'> {
    const { timers, random, notices } = this.#options;
    try {
      return await stayConnected({
        connectOnce: () => this.#connectOnce(),
        wait: (ms) => this.#wait(ms, timers),
        random,
        tell: (line) => notices.notice(line),
      });
    } finally {
      await this.#runner.stop();
      await this.#looks.stop();
      this.#connection?.close('DONE');
      for (const file of [this.#ledger, this.#spool, this.#audit]) file.close();
    }
  }

  /** What writes stops at its next safe point; the connection stays until that is told. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#runner.stop();
    this.#stop.resolve();
    this.#connection?.close('DONE');
  }

  async #connectOnce(): Promise<Try> {
    const opened = await this.#open();
    if (typeof opened === 'string')
      return this.#stopped ? { end: 'stopped' } : { end: 'unreachable', reason: opened };
    const connection = opened;
    if (this.#stopped) {
      connection.close('DONE');
      return { end: 'stopped' };
    }
    this.#connection = connection;
    const { system, settings, identity, timers, random } = this.#options;
    const parts = { system, identity, spool: this.#spool, audit: this.#audit, door: this.#door };
    let session: Session | undefined;
    const proof = await prove(
      connection,
      {
        system,
        identity,
        timers,
        ledger: this.#ledger,
        spool: this.#spool,
        policyHash: policyHashOf(system, settings.home),
        instance: this.#instance,
      },
      (proven) => {
        const { cmd_after: commands, evt_ack: events } = proven.welcome;
        this.#noticeRegress(commands > this.#ledger.last || events > this.#spool.newestNumber);
        const begun = new Session(connection, proven, parts);
        session = begun;
        this.#events.attach(begun);
        this.#tellInterrupted();
        connection.serve((frame) => begun.onFrame(frame));
      },
    );
    if (!proof.ok || session === undefined)
      return this.#stopped
        ? { end: 'stopped' }
        : { end: 'closed', code: proof.ok ? 1006 : proof.code, proven: false };
    return this.#whileConnected(connection, session, timers, random);
  }

  async #whileConnected(
    connection: Connection,
    session: Session,
    timers: Timers,
    random: () => number,
  ): Promise<Try> {
    const { notices, system, settings } = this.#options;
    this.#audit.add({ what: 'connected' });
    notices.notice(`connected to the bot at ${addressText(connection.address)}`);
    connection.keepAlive(timers, random);
    session.spooled();
    this.#looks.plan();
    const { code } = await connection.closed;
    this.#events.detach(session);
    if (this.#stopped) return { end: 'stopped' };
    if (connection.failure !== undefined) {
      logFault(system, settings.home, connection.failure);
      notices.notice('something went wrong here; the details are in the log of the agent');
    }
    return session.clocks.haveParted ? { end: 'again' } : { end: 'closed', code, proven: true };
  }

  /** An open connection, or why there is none. */
  async #open(): Promise<Connection | string> {
    try {
      return await Connection.openFirst(this.#options.system, this.#options.addresses);
    } catch (error) {
      if (error instanceof AppError) return error.message;
      throw error;
    }
  }

  #noticeRegress(regressed: boolean): void {
    if (regressed && !this.#door.regressed) {
      this.#audit.add({ what: 'state-regressed' });
      this.#options.notices.notice(
        'the bot remembers more of this computer than it does itself, as after restoring a snapshot: only looking, no changing',
      );
    }
    this.#door.regressed = regressed;
  }

  #wait(milliseconds: number, timers: Timers): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = timers.after(milliseconds, () => resolve(false));
    void this.#stop.promise.then(() => {
      cancel();
      resolve(true);
    });
    return promise;
  }

  /** Removes pins and key at once; the bot gets a moment to hear of it. */
  #unpair(): void {
    const { system, notices, timers } = this.#options;
    removeIdentity(system, this.#home.identity);
    notices.notice('the bot has ended the link with this computer; backups, journals and the log stay');
    timers.after(GOODBYE_MS, () => void this.stop());
  }
}

/** One that cannot be read now lets nothing run: to the bot it is another policy. */
function policyHashOf(system: System, home: AgentSettings['home']): Digest {
  try {
    return policyDigest(readPolicy(system, home));
  } catch (error) {
    if (error instanceof AppError) return digestOf(error.code);
    throw error;
  }
}

function onceOnly(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
