import { join } from 'node:path';
import { AppError, type ErrorName, errorLabel } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { environmentOf } from '../credentials/environment.ts';
import { readVault } from '../credentials/vault.ts';
import { isLoopback } from '../loopback.ts';
import { targetPath } from '../survey/target.ts';
import type { ReadSystem } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { JobFunction, ResultOf } from './job.ts';

type Integration = ResultOf<'check'>['integrations'][number];
type Layer = Integration['layers'][number];

/** Milliseconds for one answer of a service. */
const LIMIT_MS = 5_000;

interface Service {
  readonly integration: 'discord' | 'claude';
  readonly variable: string;
  /** Environment variable that may name another address, and the usual one. */
  readonly base: { readonly variable: string; readonly usual: string };
  /** What anybody may ask: an answer, whatever it says, shows that the service can be reached. */
  readonly open: string;
  /** The free question that only a valid token gets an answer to. */
  question(token: string): { readonly path: string; readonly headers: Readonly<Record<string, string>> };
}

const SERVICES: readonly Service[] = [
  {
    integration: 'discord',
    variable: 'DISCORD_BOT_TOKEN',
    base: { variable: 'DISCORD_API', usual: 'https://discord.com/api' },
    open: '/v10/gateway',
    question: (token) => ({ path: '/v10/users/@me', headers: { authorization: `Bot ${token}` } }),
  },
  {
    integration: 'claude',
    variable: 'ANTHROPIC_API_KEY',
    base: { variable: 'ANTHROPIC_BASE_URL', usual: 'https://api.anthropic.com' },
    open: '/v1/models',
    question: (token) => ({
      path: '/v1/models',
      headers: { 'x-api-key': token, 'anthropic-version': '2023-06-01' },
    }),
  },
];

/** Present, then reachable, then accepted: the first layer that is not ok is the one that fails, and the last one told. */
export const check: JobFunction<'check'> = async ({ params }, { system, settings }) => {
  const wanted = params.integrations ?? SERVICES.map(({ integration }) => integration);
  const secrets = storedSecrets(system, targetPath(system, settings.target));
  const services = SERVICES.filter(({ integration }) => wanted.includes(integration));
  const integrations = await Promise.all(
    services.map(async (service) => ({
      integration: service.integration,
      layers: await layersOf(service, secrets, system.env[service.base.variable] || service.base.usual),
    })),
  );
  const others = wanted.filter((name) => !services.some(({ integration }) => integration === name));
  const unknown = others.map((integration) => ({
    integration,
    layers: [{ layer: 'present' as const, status: 'skipped' as const }],
  }));
  return { end: 'done', result: { integrations: [...integrations, ...unknown] } };
};

async function layersOf(
  service: Service,
  secrets: ReadonlyMap<string, Secret> | ErrorName,
  base: string,
): Promise<Layer[]> {
  if (typeof secrets === 'string') return [failed('present', secrets)];
  const token = secrets.get(service.variable);
  if (token === undefined) return [failed('present', 'NO_CREDENTIALS')];
  const present: Layer = { layer: 'present', status: 'ok' };
  const reached = URL.canParse(base) ? await ask(at(base, service.open), {}) : undefined;
  if (reached === undefined)
    return [present, { ...failed('reachable', 'SERVICE_UNREACHABLE'), status: 'postponed' }];
  const reachable: Layer = { layer: 'reachable', status: 'ok' };
  if (!mayHoldToken(base)) return [present, reachable, failed('accepted', 'SERVICE_ADDRESS_UNSAFE')];
  return [present, reachable, await accepted(service, token, base)];
}

async function accepted(service: Service, token: Secret, base: string): Promise<Layer> {
  const value = token.reveal().toString('utf8');
  if (!/^[\x21-\x7e]+$/.test(value)) return failed('accepted', 'TOKEN_REFUSED');
  const { path, headers } = service.question(value);
  const status = await ask(at(base, path), headers);
  if (status === 200) return { layer: 'accepted', status: 'ok' };
  if (status === 401 || status === 403) return failed('accepted', 'TOKEN_REFUSED');
  return { ...failed('accepted', 'SERVICE_UNREACHABLE'), status: 'postponed' };
}

function at(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}

/** The status of the answer; undefined if there was none in time. Follows no redirect, reads no body. */
async function ask(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  try {
    const answer = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}

/** A token is sent in clear to nobody but this machine itself. */
function mayHoldToken(base: string): boolean {
  const { protocol, hostname } = new URL(base);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** The stored secrets by their variables, or the name of the error that keeps them closed. */
function storedSecrets(system: ReadSystem, target: string): ReadonlyMap<string, Secret> | ErrorName {
  const file = (name: string) => {
    const path = join(target, name);
    return system.lstat(path)?.kind === 'file' ? system.readFile(path) : undefined;
  };
  const enc = file('credentials.enc');
  if (enc === undefined) return 'NO_CREDENTIALS';
  try {
    return environmentOf(readVault(file('credentials.key'), enc), providerOf(file('config.yaml')));
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** Whose key the entry `ai_provider_key` is, where it does not say so itself: a key goes only to its own service. */
function providerOf(config: Buffer | undefined): string | undefined {
  const root = config && readYaml(config).root;
  const node = root && nodeAt(root, ['ai_provider', 'provider']);
  return node?.kind === 'scalar' && node.type === 'text' ? String(node.value) : undefined;
}

function failed(layer: Layer['layer'], error: ErrorName): Layer {
  return { layer, status: 'error', error: errorLabel(error) };
}
