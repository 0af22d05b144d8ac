import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { YamlNode } from '../../../src/agent/yaml/yaml-node.ts';

/** A value with its Python type: `['integer', '0x1f']`, `['float', eight bytes as hex]`, `['map', [[key, value], …]]`. */
export type Typed = readonly [type: string, ...content: unknown[]];

/** One Python process that reads YAML with PyYAML's `safe_load`, asked line by line. */
export class PyYaml {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor() {
    const script = fileURLToPath(new URL('pyyaml.py', import.meta.url));
    this.#process = spawn('/usr/bin/python3', ['-X', 'utf8', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout, crlfDelay: Infinity }).on('line', (line) =>
      this.#waiting.shift()?.(line),
    );
  }

  /** What `safe_load` makes of the file; `['error', class, message]` where it raises. */
  async load(file: string | Buffer): Promise<Typed> {
    const answer = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#process.stdin.write(`${Buffer.from(file as string).toString('base64')}\n`);
    return JSON.parse(await answer) as Typed;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.stdin.end();
    await ended;
  }
}

/** Our tree in the oracle's form. */
export function typed(node: YamlNode): Typed {
  if (node.kind === 'list') return ['list', node.items.map(typed)];
  if (node.kind === 'map') return ['map', node.entries.map(({ key, value }) => [typed(key), typed(value)])];
  const { type, value } = node;
  if (type === 'null' || type === 'timestamp') return [type];
  if (typeof value === 'bigint')
    return [type, value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`];
  if (typeof value === 'number') return [type, Number.isNaN(value) ? 'nan' : floatBytes(value)];
  return [type, value];
}

function floatBytes(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
