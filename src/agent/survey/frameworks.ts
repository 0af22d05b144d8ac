import { join } from 'node:path';
import { hasErrno } from '../../shared/errors.ts';
import type { ReadSystem } from '../system.ts';
import { ifReachable, statIfReachable } from './reachable.ts';

export type Framework = 'web' | 'api' | 'ml' | 'mobile' | 'desktop' | 'general';

export interface ProjectKind {
  readonly framework: Framework;
  /** Undefined when no file tells it. */
  readonly language: string | undefined;
}

/** Manifest files tell the language; words in them tell the framework. The first row that fits wins (formats.md §7). */
const LANGUAGES: readonly { file: string; language: string }[] = [
  { file: 'pyproject.toml', language: 'python' },
  { file: 'requirements.txt', language: 'python' },
  { file: 'setup.py', language: 'python' },
  { file: 'tsconfig.json', language: 'typescript' },
  { file: 'package.json', language: 'javascript' },
  { file: 'Cargo.toml', language: 'rust' },
  { file: 'go.mod', language: 'go' },
];
const FRAMEWORKS: readonly { framework: Framework; files: readonly string[]; words: readonly string[] }[] = [
  { framework: 'mobile', files: ['package.json'], words: ['react-native', 'ionic', 'cordova'] },
  { framework: 'desktop', files: ['package.json'], words: ['electron'] },
  {
    framework: 'ml',
    files: ['requirements.txt', 'pyproject.toml'],
    words: ['torch', 'tensorflow', 'scikit-learn', 'keras'],
  },
  { framework: 'api', files: ['requirements.txt', 'pyproject.toml'], words: ['fastapi', 'falcon'] },
  { framework: 'web', files: ['requirements.txt', 'pyproject.toml'], words: ['flask', 'django'] },
  { framework: 'web', files: ['package.json'], words: ['react', 'vue', 'svelte', '@angular/core', 'next'] },
  { framework: 'api', files: ['package.json'], words: ['express', 'fastify', 'koa', '@nestjs/core'] },
  {
    framework: 'api',
    files: ['go.mod'],
    words: ['github.com/gin-gonic/gin', 'github.com/labstack/echo', 'github.com/go-chi/chi'],
  },
  { framework: 'api', files: ['Cargo.toml'], words: ['axum', 'actix-web', 'rocket'] },
];

/** Tells what a project is made of from its own manifest files; reads nothing else and never more than 1 MiB each. */
export function detectKind(system: ReadSystem, project: string): ProjectKind {
  const texts = new Map<string, string>();
  const text = (file: string): string => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const read = readManifest(system, join(project, file));
    texts.set(file, read);
    return read;
  };
  const language = LANGUAGES.find(
    ({ file }) => ifReachable(() => system.lstat(join(project, file))) !== undefined,
  )?.language;
  if (['android', 'ios'].some((name) => statIfReachable(system, join(project, name))?.kind === 'folder')) {
    return { framework: 'mobile', language };
  }
  const row = FRAMEWORKS.find(({ files, words }) =>
    files.some((file) => words.some((word) => namesPackage(text(file), word))),
  );
  return { framework: row?.framework ?? 'general', language };
}

/** `word` as a whole package name, in any letter case: `react` is not found in `react-native`. */
function namesPackage(text: string, word: string): boolean {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return (
    new RegExp(`(^|[^\\w@/-])${escaped}($|[^\\w-])`, 'im').test(text) ||
    (text.includes(`${word}/`) && word.includes('/'))
  );
}

function readManifest(system: ReadSystem, path: string): string {
  try {
    return system.lstat(path)?.kind === 'file' ? system.readFile(path, 1 << 20).toString('utf8') : '';
  } catch (error) {
    if (
      hasErrno(error, 'EACCES', 'EPERM', 'ENOENT') ||
      (error as { code?: string }).code === 'FILE_TOO_LARGE'
    )
      return '';
    throw error;
  }
}
