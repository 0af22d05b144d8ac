import { describe, expect, it } from 'vitest';
import { secretPattern } from '../../../src/agent/credentials/secret-patterns.ts';
import { knownToken } from '../../../src/agent/credentials/token-rules.ts';
import { randomLetters } from '../../fixtures/canaries.ts';

const of = (seed: string, length: number) => randomLetters(seed, length);

describe('the library of token shapes', () => {
  it.each([
    ['groq', `gsk_${of('groq', 52)}`],
    ['huggingface', `hf_${of('hugging face', 34).replaceAll(/\d/g, 'x')}`],
    ['sendgrid', `SG.${of('send 1', 22)}.${of('send 2', 43)}`],
    ['shopify', `shpat_${Buffer.from(of('shop', 16)).toString('hex')}`],
    ['npm', `npm_${of('npm', 36)}`],
    ['gitlab', `glpat-${of('gitlab', 20)}`],
    ['linear', `lin_api_${of('linear', 40)}`],
  ])('knows a token of %s', (provider, token) => {
    expect(secretPattern(token)?.provider).toBe(provider);
    expect(secretPattern(`see ${token} for it`)?.provider).toBe(provider);
  });

  it('gives the characters of the token alone', () => {
    const token = `gsk_${of('groq', 52)}`;

    expect(knownToken(`key=${token};`)?.token).toBe(token);
  });

  it.each([
    'claude-3-5-sonnet-20241022',
    'https://github.com/jmontp/agent-workflow',
    '/home/mara/work/webshop/src',
    'a sentence about the token of somebody else, and no token in it',
    'gsk_short',
    `npm_${'x'.repeat(36)}`,
  ])('finds none in %s', (text) => {
    expect(secretPattern(text)).toBeUndefined();
  });

  it('does not look into text that is longer than any token, whatever its shape', () => {
    const hostile = 'xoxb-1'.repeat(100_000);

    expect(knownToken(hostile)).toBeUndefined();
  });
});
