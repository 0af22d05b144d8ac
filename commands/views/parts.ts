import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APISectionComponent,
  type APISeparatorComponent,
  type APIStringSelectComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord-api-types/v10';
import type { Card } from '../../src/shared/card.ts';
import { asStartedHere } from '../../src/shared/own-command.ts';

type Part = APIComponentInContainer | undefined;

/** A message of one container. Parts that are undefined are left out. */
export function card(...parts: readonly Part[]): Card {
  const components = parts.filter((part) => part !== undefined);
  return { flags: MessageFlags.IsComponentsV2, components: [{ type: ComponentType.Container, components }] };
}

/** A block of markdown, with commands as they are typed from where the bot runs; undefined when there is nothing to say. */
export function text(...lines: readonly (string | undefined)[]): APITextDisplayComponent | undefined {
  const content = lines.filter((line) => line !== undefined).join('\n');
  return content === '' ? undefined : { type: ComponentType.TextDisplay, content: asStartedHere(content) };
}

export function separator(): APISeparatorComponent {
  return { type: ComponentType.Separator };
}

/** Words with a button beside them; the words alone where there is no button. */
export function beside(
  accessory: APIButtonComponentWithCustomId | undefined,
  ...lines: readonly string[]
): APISectionComponent | APITextDisplayComponent | undefined {
  const words = text(...lines);
  if (words === undefined || accessory === undefined) return words;
  return { type: ComponentType.Section, components: [words], accessory };
}

/** Up to five buttons side by side; undefined without any. */
export function row(
  ...buttons: readonly (APIButtonComponentWithCustomId | undefined)[]
): APIActionRowComponent<APIComponentInMessageActionRow> | undefined {
  const components = buttons.filter((button) => button !== undefined);
  return components.length === 0 ? undefined : { type: ComponentType.ActionRow, components };
}

/** A button; undefined where there is no id for it. The label names the outcome. */
export function button(
  label: string,
  customId: string | undefined,
  look: 'main' | 'other' | 'danger' = 'other',
  isDisabled = false,
): APIButtonComponentWithCustomId | undefined {
  if (customId === undefined) return undefined;
  const style = {
    main: ButtonStyle.Primary,
    other: ButtonStyle.Secondary,
    danger: ButtonStyle.Danger,
  } as const;
  return {
    type: ComponentType.Button,
    style: style[look],
    label,
    custom_id: customId,
    ...(isDisabled ? { disabled: true } : {}),
  };
}

/** A menu of up to 25 choices, of which one is taken. */
export function menu(
  customId: string,
  placeholder: string,
  options: APIStringSelectComponent['options'],
): APIActionRowComponent<APIComponentInMessageActionRow> {
  return {
    type: ComponentType.ActionRow,
    components: [
      { type: ComponentType.StringSelect, custom_id: customId, placeholder, options: options.slice(0, 25) },
    ],
  };
}
