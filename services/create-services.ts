import { join } from 'node:path';
import type { Clock } from '../src/protocol/clock.ts';
import { AgentEvents } from './agent-events.ts';
import { type Alarm, type AuditLog, createAuditLog } from './audit-log.ts';
import { CommandQueue } from './command-queue.ts';
import { parseHubAddresses } from './hub/address.ts';
import { HubCertificate } from './hub/certificate.ts';
import { openIdentity } from './hub/identity.ts';
import { parsePublicUrl } from './hub/public-url.ts';
import { HubServer } from './hub/server.ts';
import type { TlsPaths } from './hub/tls-files.ts';
import { JobChanges } from './job-changes.ts';
import { endJobsOf } from './job-endings.ts';
import { createJobs } from './jobs.ts';
import { createMachines } from './machines.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createPairings } from './pairing.ts';
import { PlanIntake } from './plan-intake.ts';
import type { Jobs, Machines, Metrics, Pairings } from './services.ts';
import { type Bus, inProcessBus } from './store/bus.ts';
import { isEnd } from './store/records/job-states.ts';
import { openRecords } from './store/records/open-records.ts';
import type { Records } from './store/records/records.ts';
import { everySecond, type Ticker } from './ticker.ts';
import { upkeep } from './upkeep.ts';

/** What the running bot offers to commands, and what belongs to the composition root. */
export interface Services {
  readonly machines: Machines;
  readonly pairings: Pairings;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  readonly audit: AuditLog;
  readonly records: Records;
  readonly bus: Bus;
}

/** What the operator is to be told; the program that started the services says how. */
export type Notice =
  /** The bot's keys were made just now. `file` holds the one key that may replace them: it belongs somewhere else. */
  | { readonly kind: 'first-start'; readonly file: string }
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  /** A fault of ours. */
  | { readonly kind: 'fault'; readonly error: unknown };

export interface ServicesConfig {
  /** Keys and, unless `database` says otherwise, records. */
  readonly dataDir: string;
  /** The database file. */
  readonly database?: string;
  /** `unix:PATH`, `ws://127.0.0.1:PORT`, `wss://ADDRESS:PORT`, or several of them; `defaultHubAddress` has the usual one. */
  readonly listen: string;
  /** `wss://HOST`: what other computers connect to. */
  readonly publicUrl?: string | undefined;
  /** Addresses of proxies whose word on where somebody comes from is taken. */
  readonly proxies?: readonly string[] | undefined;
  /** The hub's own certificate, for `wss://` in `listen`. */
  readonly tls?: TlsPaths | undefined;
  /** OWNER_ID. */
  readonly owner: string;
  /** DISCORD_APP_ID. */
  readonly app: string;
  /** The server in which machines are paired; undefined: wherever the owner answers. */
  readonly guild?: string | undefined;
  /** The user name (not the one displayed) of an account, as Discord gives it now; undefined if there is none. */
  readonly usernameOf: (user: string) => Promise<string | undefined>;
  readonly onNotice: (notice: Notice) => void;
  readonly clock?: Clock;
  readonly ticker?: Ticker;
}

const REAL_CLOCK: Clock = { now: () => new Date(), elapsed: () => performance.now() };

/**
 * Opens the records, makes or reads the bot's keys, and listens for agents. `close` takes it down in reverse order.
 * @throws RECORDS_*, BOT_KEYS_UNUSABLE, HUB_* in words for the operator, with nothing left open
 */
export async function createServices(config: ServicesConfig): Promise<Services & { close(): Promise<void> }> {
  const closers: Closer[] = [];
  // Once is enough; what was opened last is closed first.
  const close = async () => {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) await closer();
  };
  try {
    return { ...(await open(config, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Closer = () => Promise<void>;

async function open(config: ServicesConfig, closers: Closer[]): Promise<Services> {
  const {
    dataDir,
    owner,
    app,
    guild,
    usernameOf,
    onNotice,
    clock = REAL_CLOCK,
    ticker = everySecond,
  } = config;
  const now = () => clock.now().getTime();
  const onFault = (error: unknown) => onNotice({ kind: 'fault', error });

  const addresses = parseHubAddresses(config.listen);
  const publicUrl = config.publicUrl === undefined ? undefined : parsePublicUrl(config.publicUrl);
  const records = await openRecords({ path: config.database ?? join(dataDir, 'bot.sqlite'), now });
  closers.push(() => records.close());
  const { identity, recoveryFile } = openIdentity(dataDir);
  if (recoveryFile !== undefined) onNotice({ kind: 'first-start', file: recoveryFile });
  const bus = inProcessBus(onFault);
  closers.push(() => bus.close());

  const audit = createAuditLog(records, (alarm) => onNotice({ kind: 'alarm', alarm }));
  const certificate = new HubCertificate(identity, clock);
  const queue = new CommandQueue(identity, audit, clock);
  const changes = new JobChanges(now, onFault);
  const metrics = createMetrics(records, onFault);
  const { botId } = identity;
  const plans = new PlanIntake({ records, audit, queue, changes, bus, botId, clock });
  changes.listen(({ id, state }) => {
    if (state === 'expired' || isEnd(state)) plans.forget(id);
  });
  const events = new AgentEvents({
    records,
    audit,
    changes,
    bus,
    botId,
    clock,
    onPlanReady: (agent, ready) => plans.onReady(agent, ready),
    onMoved: (tables, job, event) => metrics.onMoved(tables, job, event),
    onCounted: (where) => metrics.onCounted(where),
    onUnpaired: async (tables, agent) => {
      const ended = await endJobsOf(tables, agent.id);
      return () => {
        for (const job of ended) changes.tell(job);
      };
    },
    onFault,
  });
  const desk = createPairings({
    records,
    audit,
    identity,
    certificate,
    clock,
    owner,
    app,
    guild,
    usernameOf,
    onFault,
  });
  const hub = new HubServer({
    records,
    identity,
    certificate,
    audit,
    bus,
    clock,
    onPairing: (connection, frame) => desk.receive(connection, frame),
    onConnected: (agent) => plans.onConnected(agent),
    onPassing: (agent, event) =>
      event.t === 'job.part' ? plans.onPart(agent, event.body) : events.onProgress(agent, event.body),
    onFault,
  });
  const presenceOf = (agent: string) => hub.presenceOf(agent);
  const jobs = createJobs({ records, audit, queue, changes, bus, clock, presenceOf });
  const machines = createMachines({
    records,
    audit,
    queue,
    changes,
    bus,
    presenceOf,
    catchUp: () => events.run(),
    addresses: () => hub.addresses,
    publicUrl: publicUrl?.url,
  });

  await bus.subscribe('inbox.new', () => events.run());
  closers.push(() => events.run());
  await events.run();
  closers.push(() => hub.close());
  const { proxies, tls } = config;
  await hub.open(addresses, { publicHost: publicUrl?.host, proxies, tls, onFault });

  const stop = ticker(upkeep({ records, audit, bus, changes, plans, events, hub, desk, now, onFault }));
  closers.push(stop);

  return {
    machines,
    pairings: desk.pairings,
    jobs,
    metrics,
    audit,
    records,
    bus,
  };
}
