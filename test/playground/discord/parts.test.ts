import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formErrors } from '../../../src/playground/discord/checks/form-errors.ts';
import { matchRoute, type Route } from '../../../src/playground/discord/rest/route.ts';
import { Snowflakes, snowflakeTime } from '../../../src/playground/discord/snowflakes.ts';
import { mentionsIn } from '../../../src/playground/discord/world/mentions.ts';
import { storedComponents } from '../../../src/playground/discord/world/message-components.ts';
import { basePermissions, withOverwrites } from '../../../src/playground/discord/world/permissions.ts';
import { ManualClock } from './manual-clock.ts';

describe('snowflakes', () => {
  it('grow, are never the same, and tell their time, however the clock moves', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 50 }), (steps) => {
        const clock = new ManualClock();
        const snowflakes = new Snowflakes(clock);
        let last = 0n;
        for (const step of steps) {
          clock.advance(step);
          const id = snowflakes.next();
          expect(id).toMatch(/^\d{17,19}$/);
          expect(BigInt(id)).toBeGreaterThan(last);
          expect(snowflakeTime(id)).toBeGreaterThanOrEqual(clock.now());
          last = BigInt(id);
        }
      }),
    );
  });

  it('go on when one millisecond is full', () => {
    const snowflakes = new Snowflakes(new ManualClock());
    const ids = Array.from({ length: 5000 }, () => snowflakes.next());
    expect(new Set(ids).size).toBe(5000);
    expect(snowflakeTime(ids[4999]!) - snowflakeTime(ids[0]!)).toBe(1);
  });

  it('are not made before their epoch', () => {
    expect(() => new Snowflakes({ now: () => 0, after: () => () => undefined })).toThrow('after March 2015');
  });
});

describe('permissions', () => {
  const holder = { userId: 'u', roleIds: ['r'] };
  const base = Bits.ViewChannel | Bits.SendMessages;

  it('are denied and allowed by everyone, then roles, then the member', () => {
    const deny = { id: 'g', type: 0, allow: 0n, deny: Bits.SendMessages } as const;
    const byRole = { id: 'r', type: 0, allow: Bits.SendMessages, deny: 0n } as const;
    const byUser = { id: 'u', type: 1, allow: 0n, deny: Bits.SendMessages } as const;
    const other = { id: 'x', type: 0, allow: Bits.ManageThreads, deny: 0n } as const;
    expect(withOverwrites(base, [deny], 'g', holder)).toBe(Bits.ViewChannel);
    expect(withOverwrites(base, [deny, byRole, other], 'g', holder)).toBe(base);
    expect(withOverwrites(base, [deny, byRole, byUser], 'g', holder)).toBe(Bits.ViewChannel);
  });

  it('are none where the channel cannot be seen, and all for administrators', () => {
    const hide = { id: 'g', type: 0, allow: 0n, deny: Bits.ViewChannel } as const;
    expect(withOverwrites(base, [hide], 'g', holder)).toBe(0n);
    const admin = basePermissions([base, Bits.Administrator]);
    expect(withOverwrites(admin, [hide], 'g', holder)).toBe(admin);
  });
});

describe('stored components', () => {
  const snowflakes = new Snowflakes(new ManualClock());

  it('are numbered in order, around the numbers that the sender chose', () => {
    const [first, container] = storedComponents(
      [
        { type: 10, content: 'a' },
        { type: 17, components: [{ type: 10, content: 'b', id: 1 }, { type: 14 }] },
      ],
      [],
      snowflakes,
    ) as unknown as [object, { components: object[] }];
    expect(first).toEqual({ type: 10, content: 'a', id: 2 });
    expect(container).toMatchObject({ id: 3, accent_color: null, spoiler: false });
    expect(container.components).toEqual([
      { type: 10, content: 'b', id: 1 },
      { type: 14, id: 4, divider: true, spacing: 1 },
    ]);
  });
});

describe('mentions', () => {
  const users = new Map([['1', { id: '1' } as never]]);

  it('are only those that are allowed', () => {
    const text = '<@1> <@2> <@&3> @everyone';
    expect(mentionsIn(text, undefined, users)).toMatchObject({
      mentions: [{ id: '1' }],
      mention_everyone: true,
    });
    expect(mentionsIn(text, { parse: [] }, users)).toEqual({
      mentions: [],
      mention_roles: [],
      mention_everyone: false,
    });
    expect(mentionsIn(text, { users: ['1'], roles: ['3'] }, users)).toMatchObject({
      mentions: [{ id: '1' }],
      mention_roles: ['3'],
    });
  });
});

describe('routes', () => {
  const route = (template: string): Route => ({
    method: 'GET',
    template,
    auth: 'bot',
    handle: () => ({ status: 204 }),
  });

  it('prefer a fixed name to a parameter', () => {
    const routes = [route('/c/{id}/messages/{message}'), route('/c/{id}/messages/pins')];
    expect(matchRoute(routes, 'GET', '/c/1/messages/pins')?.route.template).toBe('/c/{id}/messages/pins');
    expect(matchRoute(routes, 'GET', '/c/1/messages/2')?.params).toEqual({ id: '1', message: '2' });
    expect(matchRoute(routes, 'PUT', '/c/1/messages/2')).toBeUndefined();
    expect(matchRoute(routes, 'GET', '/c/1')).toBeUndefined();
  });
});

describe('form errors', () => {
  it('nest as deep as their path, several at one place side by side', () => {
    const problem = (path: (string | number)[], code: string) => ({ path, code, message: code });
    expect(formErrors([problem(['a', 0, 'b'], 'X'), problem(['a', 0, 'b'], 'Y'), problem([], 'Z')])).toEqual({
      _errors: [{ code: 'Z', message: 'Z' }],
      a: {
        0: {
          b: {
            _errors: [
              { code: 'X', message: 'X' },
              { code: 'Y', message: 'Y' },
            ],
          },
        },
      },
    });
  });
});
