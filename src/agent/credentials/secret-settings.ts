import { isEverydayText, looksRandom } from './everyday-text.ts';
import { looksLikeSecretKey, wordsOf } from './secret-keys.ts';
import { secretPattern } from './secret-patterns.ts';

/** A number under such a name is a secret however short it is. */
const PASSWORD = /pass(word|wd|phrase)|pwd|secret|^pass$|_pass$/i;
/** Sections whose texts are all secrets, whatever each is called: `secrets: {stripe: …}`. */
const COLLECTION = /(^|[_-])(secrets?|credentials?|passwords?|tokens|api_?keys|private_?keys)$/i;
const WEBHOOKS = /(^|[_-])webhooks$/i;

/** In a value: `Server=db;Pwd=…`, `jdbc:postgresql://db/x?user=app&password=…`. */
const CONNECTION =
  /(?:^|[;&?,\s])(?:pwd|password|passwd|access_?token|api_?key|client_?secret)\s?=\s?(?![$%{<*])[^;&,\s"'<>]{4,}/i;

/** Words under which `pass` is a result of tests. */
const RESULTS = /^(tests?|checks?|results?|suites?|status|stats|summary|counts?)$/;

/**
 * True for a setting that holds a secret: judged by the last two words of its path (list indexes do not count), and where
 * these leave it open (`auth`, `key`, `webhooks`, …) by its value. `isText` is false for a YAML number.
 */
export function isSecretSetting(path: readonly string[], value: string, isText: boolean): boolean {
  if (secretPattern(value) !== undefined || CONNECTION.test(value)) return true;
  const parts = path.filter((part) => !/^\d+$/.test(part));
  const key = parts.at(-1) ?? '';
  const isLong = isText || value.length >= 8;
  if (looksLikeSecretKey(key) && (isLong || PASSWORD.test(key))) return true;
  if (isText && parts.slice(0, -1).some((part) => COLLECTION.test(part))) return true;
  if (value.includes('://') && parts.some((part) => WEBHOOKS.test(part))) return true;
  return isLong && isSecretByValue(parts, key, value);
}

/** Names that also mean something harmless: `auth: basic`, `key: name`, `tests: {pass: …}`. */
function isSecretByValue(parts: readonly string[], key: string, value: string): boolean {
  const words = wordsOf(key);
  const parent = wordsOf(parts.at(-2) ?? '').at(-1) ?? '';
  const lone = words.length === 1;
  switch (words.at(-1)) {
    case 'pass':
    case 'pwd':
    case 'pw':
      return lone && !RESULTS.test(parent) && !/^[~./]*\//.test(value);
    case 'auth':
    case 'authorization':
      return (
        /^(?:bearer|basic|token|digest)\s+\S{4}/i.test(value) || (value.length >= 6 && !isEverydayText(value))
      );
    case 'cookie':
    case 'cookies':
      return value.includes('=') || looksRandom(value);
    case 'key':
      return lone && (looksRandom(value) || (looksLikeSecretKey(`${parent}_key`) && !isEverydayText(value)));
    default:
      return lone && looksLikeSecretKey(`${parent}_${words[0]}`);
  }
}
