import { floatSpelling } from './build.ts';
import { implicitType, scalarValue } from './resolve-scalar.ts';
import type { YamlScalar } from './yaml-node.ts';

/**
 * A scalar on one line, so that PyYAML reads the same value of the same type. What is not text keeps the spelling of its
 * file where that is still true without its tag or quotes (`022`, `1:30`, `0x1F`).
 */
export function spellScalar(scalar: YamlScalar): string {
  if (scalar.type === 'text') {
    const text = String(scalar.value);
    return scalar.plain && isSafePlain(text) ? text : doubleQuoted(text);
  }
  return readsBack(scalar) ? scalar.source : otherSpelling(scalar);
}

function readsBack({ type, value, source }: YamlScalar): boolean {
  if (type === 'null' && source === '') return false;
  return (
    !/[\n\t]/.test(source) && implicitType(source) === type && Object.is(scalarValue(type, source), value)
  );
}

function otherSpelling({ type, value, source }: YamlScalar): string {
  if (type === 'timestamp') return `!!timestamp ${doubleQuoted(source)}`;
  return typeof value === 'number' ? floatSpelling(value) : String(value);
}

/**
 * Text that needs no quotes anywhere in block style. Narrower than YAML allows on purpose: letters and digits of any
 * script, and signs that no rule of YAML gives a meaning to.
 */
function isSafePlain(text: string): boolean {
  if (
    !/^[\p{L}\p{Nd}_/.+~$-](?:[\p{L}\p{M}\p{Nd}_/.+~$@()=;,!?&*<>|%:'"^\\ -]*[\p{L}\p{M}\p{Nd}_/.+~$@()=;,!?&*<>|%'"^\\-])?$/u.test(
      text,
    )
  ) {
    return false;
  }
  return !/: |^[-.]{3}|^-(?: |$)/.test(text) && implicitType(text) === 'text';
}

/** JSON's escapes, and `\u` or `\x` for all that PyYAML does not take raw or that cannot be seen. */
export function doubleQuoted(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const named = NAMED.get(char);
    if (named !== undefined) return named;
    if (code > 0xffff) return `\\U${hex(code, 8)}`;
    return code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
  });
  return `"${escaped}"`;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
]);

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
