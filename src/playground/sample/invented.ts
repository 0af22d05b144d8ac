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

/** Lines of a log, about `bytes` long. */
export function inventedLog(seed: string, bytes: number): string {
  const digest = createHash('sha256').update(seed).digest();
  const lines: string[] = [];
  for (let n = 0, size = 0; size < bytes; n++) {
    const pick = (place: number) =>
      WORDS[((digest[(n + place * 7) % 32] ?? 0) + n * (place + 3)) % WORDS.length];
    const minute = String(n % 60).padStart(2, '0');
    const hour = String(Math.floor(n / 60) % 24).padStart(2, '0');
    const line = `2025-05-${String(1 + (Math.floor(n / 1440) % 30)).padStart(2, '0')} ${hour}:${minute} INFO ${pick(1)} ${pick(2)} of ${seed}: ${pick(3)}, step ${n}`;
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}
