import { type APIAttachment, type APIMessage, ComponentType } from 'discord-api-types/v10';
import type { Snowflakes } from '../snowflakes.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the API adds to components that came without: their defaults, by type. */
const DEFAULTS: Readonly<Record<number, Json>> = {
  [ComponentType.StringSelect]: { min_values: 1, max_values: 1 },
  [ComponentType.UserSelect]: { min_values: 1, max_values: 1 },
  [ComponentType.RoleSelect]: { min_values: 1, max_values: 1 },
  [ComponentType.MentionableSelect]: { min_values: 1, max_values: 1 },
  [ComponentType.ChannelSelect]: { min_values: 1, max_values: 1 },
  [ComponentType.Thumbnail]: { description: null, spoiler: false },
  [ComponentType.File]: { spoiler: false, name: null, size: null },
  [ComponentType.Separator]: { divider: true, spacing: 1 },
  [ComponentType.Container]: { accent_color: null, spoiler: false },
};

/**
 * Components as the API gives them back: numbered in the order of the page (numbers that the sender chose are kept and
 * not given twice), defaults filled in, `attachment://name` turned into the address of the file.
 */
export function storedComponents(
  components: readonly object[],
  attachments: readonly APIAttachment[],
  snowflakes: Snowflakes,
): NonNullable<APIMessage['components']> {
  const taken = new Set(collectIds(components));
  let last = 0;
  const nextId = (): number => {
    do last += 1;
    while (taken.has(last));
    return last;
  };
  const media = (value: unknown) => storedMedia(value as Json, attachments, snowflakes);
  const store = (component: Json): Json => {
    const type = Number(component['type']);
    const given = Object.fromEntries(Object.entries(component).filter(([, value]) => value !== null));
    const id = Number(component['id'] ?? 0) || nextId();
    const parts: Record<string, unknown> = {};
    if (Array.isArray(component['components'])) parts['components'] = component['components'].map(store);
    if (component['accessory']) parts['accessory'] = store(component['accessory'] as Json);
    if (component['component']) parts['component'] = store(component['component'] as Json);
    if (component['media']) parts['media'] = media(component['media']);
    if (type === ComponentType.File)
      Object.assign(parts, storedFile(component, attachments), { file: media(component['file']) });
    if (Array.isArray(component['items'])) {
      parts['items'] = component['items'].map((item: Json) => ({
        description: item['description'] ?? null,
        spoiler: item['spoiler'] ?? false,
        media: media(item['media']),
      }));
    }
    return { ...DEFAULTS[type], ...given, id, ...parts };
  };
  return components.map((component) => store(component as Json)) as unknown as NonNullable<
    APIMessage['components']
  >;
}

function collectIds(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(collectIds);
  if (typeof value !== 'object' || value === null) return [];
  const { id, components, accessory, component } = value as Json;
  return [...(typeof id === 'number' ? [id] : []), ...[components, accessory, component].flatMap(collectIds)];
}

function attachmentOf({ url }: Json, attachments: readonly APIAttachment[]): APIAttachment | undefined {
  const name = String(url).startsWith('attachment://')
    ? String(url).slice('attachment://'.length)
    : undefined;
  return attachments.find(({ filename }) => filename === name);
}

function storedMedia(media: Json, attachments: readonly APIAttachment[], snowflakes: Snowflakes): Json {
  const attachment = attachmentOf(media, attachments);
  if (attachment === undefined) return { id: snowflakes.next(), url: media['url'], proxy_url: media['url'] };
  return {
    id: attachment.id,
    url: attachment.url,
    proxy_url: attachment.proxy_url,
    content_type: attachment.content_type ?? null,
    attachment_id: attachment.id,
  };
}

function storedFile(component: Json, attachments: readonly APIAttachment[]): Json {
  const attachment = attachmentOf(component['file'] as Json, attachments);
  return attachment === undefined ? {} : { name: attachment.filename, size: attachment.size };
}
