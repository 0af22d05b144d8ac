/**
 * Where in a file a secret could be: nearly all files hold none, and the expressions that judge a text are slow. What has
 * no hint here is never judged, so a hint is a part that every match has, and may come where none is.
 *
 * All hints are looked for in one pass over the pairs of bytes at even places: of three bytes in a row, two are one.
 */
type Check = (bytes: Buffer, start: number, end: number) => boolean;

interface Hint {
  readonly word: string;
  /** In any letter case. */
  readonly any: boolean;
  readonly says: 'shape' | 'name';
  readonly check: Check;
}

const DOT = 0x2e;
const AT = 0x40;

/** The longest text that is `user:password@host` and nothing else has 727 UTF-16 units, of at most three bytes each. */
const LONGEST_ADDRESS = 3 * 727;

const always: Check = () => true;
const ofKind = (kind: (byte: number) => boolean) => {
  const table = Uint8Array.from({ length: 256 }, (_, byte) => (kind(byte) ? 1 : 0));
  return (byte: number | undefined) => byte !== undefined && table[byte] === 1;
};
/** Of ASCII alone: a byte of any other character may have the number of a space. */
const inText = (pattern: RegExp) => ofKind((byte) => byte < 0x80 && pattern.test(String.fromCharCode(byte)));
const isToken = inText(/[\w-]/);
const isName = inText(/[\w.-]/);
const isQuote = inText(/["']/);
const isBlank = inText(/[ \t]/);
const isAssignment = inText(/[:=]/);
/** Spaces that are no ASCII have two or three bytes. */
const isSpace = ofKind((byte) => byte >= 0x80 || /\s/.test(String.fromCharCode(byte)));
const LONGEST_SPACE = 4 * 3;
/** As `hasSecretLine` takes names. */
const LONGEST_NAME = 80;
const endsAddress = inText(/[\s/?#"'<>]/);

/** A token begins here, and at least `length` of its characters come behind the word. */
const beginsToken =
  (length: number): Check =>
  (bytes, start, end) =>
    !isToken(bytes[start - 1]) && past(bytes, end, isToken, length) === end + length;

/** Behind `://`, an `@` comes before the path. */
const hasUser: Check = (bytes, _, end) => {
  for (let at = end; at < bytes.length && !endsAddress(bytes[at]); at++) if (bytes[at] === AT) return true;
  return false;
};

/** `… = "`, on several lines too. */
const isQuoted: Check = (bytes, _, end) => {
  let at = isQuote(bytes[end]) ? end + 1 : end;
  at = past(bytes, at, isSpace, LONGEST_SPACE);
  if (!isAssignment(bytes[at])) return false;
  return isQuote(bytes[past(bytes, at + 1, isSpace, LONGEST_SPACE)]);
};

/** The name that the word is in has `:` or `=` behind it. */
const isNamed: Check = (bytes, _, end) => {
  let at = past(bytes, end, isName, LONGEST_NAME);
  if (isQuote(bytes[at])) at += 1;
  return isAssignment(bytes[past(bytes, at, isBlank, 4)]);
};

/** The same, and the word ends the name. */
const endsName: Check = (bytes, start, end) => !isName(bytes[end]) && isNamed(bytes, start, end);

function past(bytes: Buffer, from: number, is: (byte: number | undefined) => boolean, most: number): number {
  let at = from;
  while (at < from + most && is(bytes[at])) at += 1;
  return at;
}

const shapes = (words: string, check: Check = always): Hint[] =>
  words.split(' ').map((word) => ({ word, any: false, says: 'shape', check }));
const names = (words: string, check: Check, says: Hint['says']): Hint[] =>
  words.split(' ').map((word) => ({ word, any: true, says, check }));

/** Of the shapes in `secret-patterns.ts` that are told by their own characters. */
const TOKENS: readonly Hint[] = [
  ...shapes('sk-', beginsToken(20)),
  ...shapes('gho_ ghp_ ghu_ ghs_ ghr_', beginsToken(30)),
  ...shapes('github_pat_', beginsToken(22)),
  ...shapes('glpat-', beginsToken(20)),
  ...shapes('xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-', beginsToken(10)),
  ...shapes('AKIA ASIA', beginsToken(16)),
  ...shapes('AIza', beginsToken(35)),
  ...shapes('rk_live_ sk_live_', beginsToken(20)),
  ...shapes('AGE-SECRET-KEY-1', beginsToken(58)),
  ...shapes('-----BEGIN '),
  ...shapes('eyJ', beginsToken(10)),
];

/** Of addresses, and of names beside values. */
const ADDRESSES: readonly Hint[] = [
  ...shapes('/api/webhooks/ hooks.slack.com/'),
  ...shapes('://', hasUser),
  ...names('password passwd secret token key', isQuoted, 'shape'),
];

/** Of the names that speak of a secret in `secret-lines.ts`. */
const NAMES: readonly Hint[] = [
  ...names('pass pwd secret token key cred dsn webhook jwt pat_ auth cookie user', isNamed, 'name'),
  ...names('pat', endsName, 'name'),
  // A word has three bytes at least, so this one has what follows it.
  ...['"', "'", ' ', '\t', ':', '='].flatMap((after) =>
    names('pw', endsName, 'name').map((hint) => ({
      ...hint,
      word: `pw${after}`,
      check: (bytes: Buffer, start: number, end: number) => hint.check(bytes, start, end - 1),
    })),
  ),
];

/** What the pairs of bytes tell of: no hint, the dot of a token, or by their number words that they are in. */
const NOTHING = 0;
const DOTTED = 1;

interface Words {
  readonly first: Hint[];
  readonly second: Hint[];
}

class Hints {
  /** What each pair of bytes tells. */
  readonly #tells = new Uint8Array(1 << 16);
  /** By the number of a pair: the words that begin with it, and those that have it behind their first byte. */
  readonly #words: Words[] = [];
  /** By the number of a pair and a byte: 1 where that byte comes after the pair in a word, 2 where it comes before. */
  readonly #beside: Uint8Array;

  constructor(hints: readonly Hint[]) {
    const beside: [number, number, number][] = [];
    for (const hint of hints) {
      const [first = [], second = [], third = []] = [...hint.word].map((letter) => casesOf(hint, letter));
      for (const words of this.#wordsOf(first, second)) {
        words.first.push(hint);
        for (const byte of third) beside.push([this.#words.indexOf(words), byte, 1]);
      }
      for (const words of this.#wordsOf(second, third)) {
        words.second.push(hint);
        for (const byte of first) beside.push([this.#words.indexOf(words), byte, 2]);
      }
    }
    if (this.#words.length > 253) throw new RangeError('more pairs than a byte can number');
    this.#beside = new Uint8Array((this.#words.length + 2) << 8);
    for (const [number, byte, where] of beside) this.#beside[((number + 2) << 8) | byte]! |= where;
    for (let byte = 0; byte < 256; byte++) if (isToken(byte)) this.#tells[pairOf(DOT, byte)] = DOTTED;
  }

  /** Tells `hit` of each hint until it says true. */
  find(bytes: Buffer, hit: (says: Hint['says'], at: number) => boolean): boolean {
    const tells = this.#tells;
    const beside = this.#beside;
    const odd = bytes.byteOffset & 1;
    const count = Math.max(0, (bytes.length - odd) >> 1);
    const pairs = new Uint16Array(bytes.buffer, bytes.byteOffset + odd, count);
    for (let n = 0; n < count; n++) {
      const told = tells[pairs[n]!]!;
      if (told === NOTHING) continue;
      const at = odd + 2 * n;
      if (told === DOTTED) {
        if (bytes[at + 7] === DOT || bytes[at - 7] === DOT)
          if (isDotOfToken(bytes, at) && hit('shape', at)) return true;
        continue;
      }
      const found =
        (beside[(told << 8) | (bytes[at + 2] ?? 0)]! & 1) | (beside[(told << 8) | (bytes[at - 1] ?? 0)]! & 2);
      if (found !== 0 && this.#look(bytes, at, told, hit)) return true;
    }
    return false;
  }

  #look(bytes: Buffer, at: number, told: number, hit: (says: Hint['says'], at: number) => boolean): boolean {
    const { first, second } = this.#words[told - 2]!;
    return (
      first.some((hint) => isHint(bytes, at, hint) && hit(hint.says, at)) ||
      second.some((hint) => isHint(bytes, at - 1, hint) && hit(hint.says, at - 1))
    );
  }

  *#wordsOf(first: readonly number[], second: readonly number[]): Generator<Words> {
    for (const one of first)
      for (const other of second) {
        const pair = pairOf(one, other);
        if (this.#tells[pair] === NOTHING)
          this.#tells[pair] = this.#words.push({ first: [], second: [] }) + 1;
        yield this.#words[this.#tells[pair]! - 2]!;
      }
  }
}

function casesOf({ any }: Hint, letter: string): number[] {
  const cases = any ? [letter, letter.toUpperCase()] : [letter];
  return [...new Set(cases)].map((one) => one.charCodeAt(0));
}

function isHint(bytes: Buffer, start: number, { word, any, check }: Hint): boolean {
  return isAt(bytes, start, word, any) && check(bytes, start, start + word.length);
}

/** The number that a Uint16Array has for these bytes, on this machine. */
function pairOf(first: number, second: number): number {
  return new Uint16Array(Uint8Array.of(first, second).buffer)[0]!;
}

/**
 * `id.time.mac`: a dot of a token of Discord, whose middle has six characters. The dots are seven bytes apart, so one of
 * them is the first of a pair.
 */
function isDotOfToken(bytes: Buffer, dot: number): boolean {
  return [dot, dot - 7].some(
    (first) =>
      bytes[first] === DOT &&
      bytes[first + 7] === DOT &&
      past(bytes, first + 1, isToken, 6) === first + 7 &&
      past(bytes, first - 23, isToken, 23) === first,
  );
}

function isAt(bytes: Buffer, start: number, word: string, any: boolean): boolean {
  for (let n = 0; n < word.length; n++) {
    const letter = word.charCodeAt(n);
    const byte = bytes[start + n];
    // Words in any case are lower case, and have nothing that a letter could be mistaken for with this bit set.
    if (byte !== letter && !(any && byte !== undefined && (byte | 0x20) === letter)) return false;
  }
  return true;
}

const OF_TOKENS = new Hints(TOKENS);
const OF_ALL = new Hints([...TOKENS, ...ADDRESSES, ...NAMES]);

/** False: `findTokens` finds nothing in these bytes of UTF-8. */
export function mayHoldTokens(bytes: Buffer): boolean {
  return OF_TOKENS.find(bytes, () => true);
}

/**
 * Tells of what there is to judge in these bytes of UTF-8, until the answer is true: first each line in which a name
 * speaks of a secret, `hasSecretLine` says no to the others; or all of it where it may hold a shape, which
 * `findSecretPatterns` does not find otherwise.
 */
export function judgeHints(
  bytes: Buffer,
  judge: { shapes(text: string): boolean; line(line: string): boolean },
): boolean {
  let judged = false;
  let lineEnd = -1;
  const shapesIn = () => {
    if (judged) return false;
    judged = true;
    return judge.shapes(bytes.toString('utf8'));
  };
  if (bytes.length <= LONGEST_ADDRESS && bytes.includes(AT) && shapesIn()) return true;
  return OF_ALL.find(bytes, (says, at) => {
    if (says === 'shape') return shapesIn();
    if (at < lineEnd) return false;
    const start = bytes.lastIndexOf(0x0a, at) + 1;
    const end = bytes.indexOf(0x0a, at);
    lineEnd = end === -1 ? bytes.length : end;
    return judge.line(bytes.toString('utf8', start, lineEnd));
  });
}
