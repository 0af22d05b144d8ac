import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

export interface StaticFile {
  readonly type: string;
  readonly read: () => Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const PAGE = join(import.meta.dirname, 'page');

/** The terminal in the browser and the typeface, as their packages bring them. */
export const PACKAGES = {
  '/vendor/xterm.mjs': ['@xterm/xterm', 'lib/xterm.mjs'],
  '/vendor/xterm.css': ['@xterm/xterm', 'css/xterm.css'],
  '/vendor/addon-fit.mjs': ['@xterm/addon-fit', 'lib/addon-fit.mjs'],
  '/vendor/inter.woff2': ['@fontsource-variable/inter', 'files/inter-latin-wght-normal.woff2'],
} as const;

/** Everything that the page consists of, by its path in the address. Nothing else is served from disk. */
export function staticFiles(): ReadonlyMap<string, StaticFile> {
  const own = readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
    .filter((path) => extname(path) in TYPES)
    .map((path) => [`/${path.replaceAll('\\', '/')}`, join(PAGE, path)] as const);
  const require = createRequire(import.meta.url);
  const others = Object.entries(PACKAGES).map(
    ([path, [name, file]]) => [path, join(dirname(require.resolve(`${name}/package.json`)), file)] as const,
  );
  return new Map(
    [...own, ...others].map(([path, file]) => {
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      return [path === '/index.html' ? '/' : path, { type, read: () => readFileSync(file) }];
    }),
  );
}
