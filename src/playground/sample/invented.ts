import { createHash } from 'node:crypto';

/** `length` letters and digits that follow from the seed: the same every time, and no secret of anybody. */
export function inventedText(seed: string, length: number): string {
  const blocks: string[] = [];
  for (let n = 0; blocks.join('').length < length; n++) {
    const digest = createHash('sha256').update(`playground ${seed} ${n}`).digest('base64');
    blocks.push(digest.replace(/[^A-Za-z0-9]/g, ''));
  }
  return blocks.join('').slice(0, length);
}

/** Tokens of the shapes that the services give out. No service knows them. */
export const INVENTED_TOKENS = {
  discord: `${Buffer.from('1100220033004400550').toString('base64url')}.${inventedText('discord 1', 6)}.${inventedText('discord 2', 38)}`,
  oldDiscord: `${Buffer.from('1100220033004400551').toString('base64url')}.${inventedText('discord 3', 6)}.${inventedText('discord 4', 38)}`,
  anthropic: `sk-ant-api03-${inventedText('anthropic', 93)}AA`,
  github: `ghp_${inventedText('github', 36)}`,
  jwt: inventedText('jwt', 48),
} as const;

const WORDS =
  'story sprint test review merge branch plan estimate refactor agent prompt context failed passed retry approved blocked done'.split(
    ' ',
  );

const PAGE_LINES = 200;

/** Lines of a log, about `bytes` long: one page of them again and again, each time with a number of its own. */
export function inventedLog(seed: string, bytes: number): string {
  const digest = createHash('sha256').update(seed).digest();
  const pick = (n: number) => WORDS[((digest[n % 32] ?? 0) + n * 5) % WORDS.length];
  const lines = Array.from({ length: PAGE_LINES }, (_, n) => {
    const minute = String(n % 60).padStart(2, '0');
    return `08:${minute} INFO ${pick(n)} ${pick(n + 7)} of ${seed}: ${pick(n + 13)}`;
  });
  const page = `${lines.join('\n')}\n`;
  const pages = Array.from({ length: Math.ceil(bytes / page.length) }, (_, n) => `--- page ${n}\n${page}`);
  return `${pages.join('').slice(0, Math.max(0, Math.floor(bytes) - 1))}\n`;
}
