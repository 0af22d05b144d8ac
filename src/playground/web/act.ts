import type { OptionValues } from '../discord/driver/command-data.ts';
import type { FieldValue } from '../discord/driver/modal-data.ts';
import type { ChosenFile } from '../discord/driver/resolved.ts';
import type { UserDriver } from '../discord/driver/user-driver.ts';
import type { Choice } from '../discord/world/interactions.ts';
import type { Ask, ChosenFileText } from './asks.ts';

/** What a person does in Discord, as their client would. Choices are for a `complete` alone. */
export async function act(driver: UserDriver, ask: Ask): Promise<readonly Choice[] | undefined> {
  switch (ask.ask) {
    case 'say':
      driver.say(ask.channel, ask.text);
      return undefined;
    case 'slash':
      return await sent(driver.slash(ask.channel, ask.command, { options: optionValues(ask.options) }));
    case 'press':
      return await sent(driver.press(ask.message, ask.button));
    case 'select':
      return await sent(driver.select(ask.message, ask.select, ask.values));
    case 'submit':
      return await sent(driver.submitModal(fieldValues(ask.values)));
    case 'cancel':
      driver.cancelModal();
      return undefined;
    case 'complete': {
      const { channel, command, focused } = ask;
      return await driver.autocomplete(channel, command, { options: optionValues(ask.options), focused });
    }
    default:
      return undefined;
  }
}

/**
 * Waits only until the interaction is on its way: what a client would not let anyone do is refused before that, and what
 * the bot makes of it is seen on the screen.
 */
async function sent(answer: Promise<unknown>): Promise<undefined> {
  answer.catch(() => undefined);
  const onItsWay = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));
  await Promise.race([answer, onItsWay]);
}

function optionValues(values: Extract<Ask, { ask: 'slash' }>['options']): OptionValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? fileOf(value) : value]),
  );
}

function fieldValues(values: Extract<Ask, { ask: 'submit' }>['values']): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? (value.map((one) => (typeof one === 'string' ? one : fileOf(one))) as FieldValue)
        : value,
    ]),
  );
}

function fileOf({ name, type, content }: ChosenFileText): ChosenFile {
  return { name, type, content: Buffer.from(content, 'base64') };
}
