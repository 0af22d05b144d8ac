import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openIdentity } from '../../../services/hub/identity.ts';
import { botIdOf } from '../../../src/protocol/ids.ts';
import { importPrivate } from '../../../src/protocol/keys.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const folder = useTempFolder();
const file = (name: string) => join(folder(), 'identity', name);

describe("the bot's keys", () => {
  it('are made on the first start, each in a file for this user alone, and are the same afterwards', () => {
    const first = openIdentity(folder());
    const second = openIdentity(folder());

    expect(first.identity.botId).toBe(botIdOf(first.identity.bot.publicJwk));
    expect(second.identity).toMatchObject({
      botId: first.identity.botId,
      next: first.identity.next,
      bot: { kid: first.identity.bot.kid },
      hub: { kid: first.identity.hub.kid },
    });
    for (const name of readdirSync(join(folder(), 'identity')))
      expect(lstatSync(file(name)).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder(), 'identity')).mode & 0o777).toBe(0o700);
  });

  it('include one for recovery, which is told once and never loaded: it may be taken away', () => {
    const { identity, recoveryFile } = openIdentity(folder());

    const next = importPrivate(new Secret('NEXT_KEY', readFileSync(recoveryFile as string)));
    expect(next.kid).toBe(identity.next);
    rmSync(recoveryFile as string);
    expect(openIdentity(folder())).toMatchObject({ recoveryFile: undefined, identity: { next: next.kid } });
  });

  it('are made anew when the first start was cut short', () => {
    mkdirSync(join(folder(), 'identity.new'));
    writeFileSync(join(folder(), 'identity.new', 'bot.pem'), 'half');

    expect(openIdentity(folder()).recoveryFile).toBeDefined();
  });

  it.each(['bot.pem', 'hub.pem', 'identity.json'])(
    'are never replaced when %s is gone or damaged',
    (name) => {
      openIdentity(folder());
      writeFileSync(file(name), 'damaged');
      expect(() => openIdentity(folder())).toThrow(
        expect.objectContaining({ code: 'BOT_KEYS_UNUSABLE', file: file(name) }),
      );

      rmSync(file(name));
      expect(() => openIdentity(folder())).toThrow(/missing/);
    },
  );

  it('are refused when other users can read them, without a word of what is in them', () => {
    openIdentity(folder());
    chmodSync(file('bot.pem'), 0o644);

    expect(() => openIdentity(folder())).toThrow(/0600/);
    expect(() => openIdentity(folder())).not.toThrow(/PRIVATE/);
  });
});
