import { extname } from 'node:path';
import { isEverydayText } from './everyday-text.ts';
import { isPlaceholder } from './placeholder.ts';
import { isSecretVariable } from './secret-kinds.ts';
import { isSecretSetting } from './secret-settings.ts';

/**
 * How the lines of a file are read:
 * - `settings`: `name: value` and `NAME=value`, also in comments and in JSON
 * - `prose`: the same, but a value is one word that is not in a dictionary
 * - `script`: assignments at the start of a line only
 */
export type LineRules = 'settings' | 'prose' | 'script';

const CODE = new Set(
  `py pyi pyw js mjs cjs jsx ts mts cts tsx go rs java kt kts scala swift c h cc cpp hpp cs rb php pl pm lua r jl ex exs erl
   hs ml clj dart vue svelte css scss less sql proto wasm map flow`.split(/\s+/),
);
const SCRIPT = new Set('sh bash zsh fish ksh ps1 bat cmd mk'.split(' '));
const PROSE = new Set('md markdown mdx rst adoc txt org tex html htm'.split(' '));

/** Names of copies: `config.yml.bak`, `prod.env~`, `x.json.2024-01-31`, `x.yml.1`. */
const COPY =
  /(?:\.(?:bak|backup|old|orig|save|saved|copy|tmp|swp|prev|disabled|\d{1,14}|\d{4}-\d\d-\d\d)|~|_bak|_backup|_old)$/i;

/** The name without what marks it as a copy of another file. */
export function withoutCopyMark(name: string): string {
  const shorter = name.replace(COPY, '');
  return shorter === name || shorter === '' ? name : withoutCopyMark(shorter);
}

/** The rules for a file by its name; undefined for program code, where a name beside a value says little. */
export function lineRulesOf(fileName: string): LineRules | undefined {
  const name = withoutCopyMark(fileName);
  const ending = extname(name).slice(1).toLowerCase();
  if (CODE.has(ending)) return undefined;
  if (SCRIPT.has(ending) || /^(Makefile|Dockerfile|Jenkinsfile|Vagrantfile)/.test(name)) return 'script';
  return PROSE.has(ending) ? 'prose' : 'settings';
}

/** A name with `:` or `=` behind it. Names are judged first, so that most lines cost no more than this. */
const NAME = /(?<![\w.$%@/-])["']?([A-Za-z_][\w.-]{1,79})["']?[ \t]{0,4}[:=](?![:=>/])[ \t]{0,8}/g;
const SPEAKS = /pass|pwd|pw$|secret|token|key|cred|dsn|webhook|jwt|pat$|pat_|auth|cookie|user/i;

/** Up to the end of the line; a quoted value up to its quote. */
const VALUE = /"((?:[^"\\\n]|\\.){0,500})"|'([^'\n]{0,500})'|([^\n]{0,500})/y;

/** What can stand before the name of an assignment in a script. */
const SCRIPT_START =
  /^[ \t]*(?:#[ \t]*)?(?:(?:export|set|setx|local|readonly|declare(?: -\w+)*|typeset|ENV|ARG)[ \t]+)?$/;
const LINE_START = /^[ \t]*(?:(?:export|set|-)[ \t]+)?["']?$/;

/** Stands for a value that is elsewhere: `$X`, `${X}`, `{{ x }}`, `%(x)s`, `<x>`, `!vault …`, `*alias`, `API_TOKEN`, `f(x)`. */
const REFERENCE =
  /\*{3}|^\$[\w({]|\$\{|\$\(|\{\{|%\(|^<.*>$|^![A-Za-z]+\b|^[*&][\w-]+$|^[[{|>]|`|^[A-Z]+(?:_[A-Z0-9]+)+$|^[\w.]+[([]/;
const NO_VALUE =
  /^(?:string|boolean|integer|number|object|required|optional|bearer|disabled|enabled|default|random|environment|secrets?|password|tokens?|keyring|keychain|encrypted|hidden|redacted|unknown|generated|provided|missing|nothing|include|same-origin|manual|prompt|oauth2?)$/i;

/** True where a line names a secret and gives its value, which is at least 6 characters long and stands for nothing else. */
export function hasSecretLine(text: string, rules: LineRules): boolean {
  for (const match of text.matchAll(NAME)) {
    const name = match[1] as string;
    if (!SPEAKS.test(name)) continue;
    const before = text.slice(
      Math.max(text.lastIndexOf('\n', match.index) + 1, match.index - 100),
      match.index,
    );
    if (rules === 'script' && !SCRIPT_START.test(before)) continue;
    VALUE.lastIndex = match.index + match[0].length;
    const value = valueIn(VALUE.exec(text), rules, LINE_START.test(before));
    if (value === undefined || isNoValue(value, name)) continue;
    if (rules === 'prose' && (isEverydayText(value) || /^[a-z_]+(?:\.[a-z_]+)+$/i.test(value))) continue;
    if (isSecretSetting(name.split('.'), value, true) || isSecretVariable(name)) return true;
  }
  return false;
}

/** Only quotes, or a line that is nothing but the setting, may have spaces in a value: of a sentence it is the first word. */
function valueIn(match: RegExpExecArray | null, rules: LineRules, isWholeLine: boolean): string | undefined {
  const quoted = match?.[1] ?? match?.[2];
  const value = quoted ?? withoutEnd(match?.[3] ?? '');
  if (rules !== 'prose' && (quoted !== undefined || isWholeLine)) return value;
  if (!/\s/.test(value)) return value;
  const first = withoutEnd(/^(?:(?:bearer|basic|token) +)?\S+/i.exec(value)?.[0] ?? '');
  return isEverydayText(first) ? undefined : first;
}

/** Without a comment, and without what ends a sentence or a section. */
function withoutEnd(text: string): string {
  return text.replace(/\s+(?:#|\/\/).*$/, '').replace(/(?:[\s,;:)\]}'"`]|(?<!\.)\.)+$/, '');
}

function isNoValue(value: string, name: string): boolean {
  if (value.length < 6 || value.toLowerCase() === name.toLowerCase()) return true;
  if (REFERENCE.test(value) || NO_VALUE.test(value) || isPlaceholder(value)) return true;
  return /^(?:~|\.{1,2})?\//.test(value) && isEverydayText(value);
}
