import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import type { AgentHome } from '../agent-home.ts';
import { readVault } from '../credentials/vault.ts';
import { writeFileAtomic } from '../files.ts';
import { loadOrCreateReceiptKey, loadReceiptKey } from '../receipt/receipt-key.ts';
import { readJson } from '../run/read-json.ts';
import type { ReadSystem, System } from '../system.ts';
import { nodeAt } from '../yaml/leaves.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

export const REGISTRY = 'projects/registry.yaml';
export const KEY = 'credentials.key';
export const STORE = 'credentials.enc';

/** What of a home has names of its own: registered projects and stored secrets. */
export interface HomeContents {
  readonly projects: ReadonlyMap<string, YamlNode>;
  /** Undefined where the store cannot be opened. */
  readonly secrets: ReadonlyMap<string, Secret> | undefined;
}

/** Bytes of these files are asked from `read`, which gives undefined for one that is not there. */
export function contentsOf(read: (file: string) => Buffer | undefined): HomeContents {
  return { projects: projectsOf(read(REGISTRY)), secrets: secretsOf(read(KEY), read(STORE)) };
}

/** Reads the files of a folder. */
export function readerIn(system: ReadSystem, folder: string): (file: string) => Buffer | undefined {
  return (file) => {
    const path = join(folder, file);
    return system.lstat(path)?.kind === 'file' && system.canRead(path) ? system.readFile(path) : undefined;
  };
}

function projectsOf(bytes: Buffer | undefined): ReadonlyMap<string, YamlNode> {
  if (bytes === undefined) return new Map();
  const { root } = readYaml(bytes, { expectMap: true });
  const projects = root && nodeAt(root, ['projects']);
  if (projects?.kind !== 'map') return new Map();
  return new Map(projects.entries.map(({ key, value }) => [key.source, value]));
}

function secretsOf(key: Buffer | undefined, enc: Buffer | undefined): HomeContents['secrets'] {
  try {
    const vault = readVault(key, enc);
    return new Map(
      vault.names().flatMap((name): [string, Secret][] => {
        const secret = vault.get(name);
        return secret === undefined ? [] : [[name, secret]];
      }),
    );
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Digests by name. Of a secret a keyed one: a plain hash of a short value could be guessed. */
export interface ContentDigests {
  readonly projects: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const FILE = 'after-home.json';

export function digestsOf({ projects, secrets }: HomeContents, hashKey: Buffer): ContentDigests {
  const ofProject = (node: YamlNode) =>
    createHash('sha256')
      .update(node.kind === 'map' ? writeYaml(node) : '')
      .digest('hex');
  const ofSecret = (secret: Secret) => createHmac('sha256', hashKey).update(secret.reveal()).digest('hex');
  return {
    projects: Object.fromEntries([...projects].map(([name, node]) => [name, ofProject(node)])),
    secrets: Object.fromEntries([...(secrets ?? [])].map(([name, secret]) => [name, ofSecret(secret)])),
  };
}

/** Keeps what a migration left in a home, so that a later rollback can tell what is newer. */
export function rememberContents(system: System, home: AgentHome, runFolder: string, target: string): void {
  const { hashKey } = loadOrCreateReceiptKey(system, home);
  const digests = digestsOf(contentsOf(readerIn(system, target)), hashKey);
  writeFileAtomic(system, join(runFolder, FILE), `${JSON.stringify(digests)}\n`);
}

/** What that migration left, and the key of the digests; undefined of one that kept nothing. */
export function recallContents(
  system: ReadSystem,
  home: AgentHome,
  runFolder: string,
): { readonly digests: ContentDigests; readonly hashKey: Buffer } | undefined {
  const path = join(runFolder, FILE);
  const key = loadReceiptKey(system, home);
  if (system.lstat(path) === undefined || key === undefined) return undefined;
  return { digests: readJson(system, path) as ContentDigests, hashKey: key.hashKey };
}
