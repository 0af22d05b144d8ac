import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/shared/load-config.ts';

const ROWS = {
  target: { env: 'APP_TARGET', about: 'where to' },
  backups: { env: 'APP_BACKUPS', about: 'where from' },
} as const;

describe('a configuration', () => {
  it('is what the file says, and the environment goes before it', () => {
    expect(load('target: /a\nbackups: /b\n', { APP_BACKUPS: '/c', OTHER: 'x' })).toEqual({
      target: '/a',
      backups: '/c',
    });
  });

  it.each([undefined, '', '# nothing\n', 'null\n', 'target:\n', 'target: ""\n'])('may be %j', (text) => {
    expect(load(text, { APP_TARGET: '' })).toEqual({});
  });

  it('names all problems at once, with the keys that there are', () => {
    expect(() => load('tarket: /a\nbackups: [1]\ntarget: 5\n')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        file: 'config.yml',
        message:
          'The configuration has problems: tarket is not a setting (known are target, backups); backups must be text; target must be text',
      }),
    );
  });

  it('that cannot be read names the line', () => {
    expect(() => load('target: /a\nbackups: b: c\n')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', file: 'config.yml', line: 2 }),
    );
  });

  it.each(['- a\n', 'text\n', '5\n'])('%j is no configuration', (text) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it.each(['__proto__: {target: /x}\n', 'constructor: /x\n', 'toString: /x\n'])(
    'is not led astray by %j',
    (text) => {
      expect(() => load(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );

  it('made of an alias bomb is refused in words and little time', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'])
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`);

    expect(() => load(`${bomb.join('\n')}\n`)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

function load(text: string | undefined, env: Record<string, string> = {}) {
  return loadConfig(ROWS, text, 'config.yml', env);
}
