import { z } from 'zod';
import { TROUBLE_NAMES } from './troubles.ts';

const Id = z.string().regex(/^\d{17,20}$/);
const Name = z.string().min(1).max(200);
/** A file that a person chose; the content in base64. */
const File = z.strictObject({
  name: z.string().min(1).max(260),
  type: z.string().max(200),
  content: z.base64(),
});
const Value = z.union([z.string().max(8000), z.number(), z.boolean(), File]);
const Field = z.union([
  z.string().max(8000),
  z.boolean(),
  z.null(),
  z.array(z.string().max(200)),
  z.array(File),
]);

/** Everything that the page can ask for. `id` comes back with the reply. */
export const Ask = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('be'), persona: z.enum(['owner', 'second', 'staff', 'manager']) }),
  z.strictObject({ ask: z.literal('say'), id: z.int(), channel: Id, text: z.string().min(1).max(2000) }),
  z.strictObject({
    ask: z.literal('slash'),
    id: z.int(),
    channel: Id,
    command: Name,
    options: z.record(Name, Value),
  }),
  z.strictObject({
    ask: z.literal('complete'),
    id: z.int(),
    channel: Id,
    command: Name,
    options: z.record(Name, Value),
    focused: Name,
  }),
  z.strictObject({ ask: z.literal('press'), id: z.int(), message: Id, button: Name }),
  z.strictObject({
    ask: z.literal('select'),
    id: z.int(),
    message: Id,
    select: Name,
    values: z.array(Name).max(25),
  }),
  z.strictObject({ ask: z.literal('submit'), id: z.int(), values: z.record(Name, Field) }),
  z.strictObject({ ask: z.literal('cancel') }),
  z.strictObject({ ask: z.literal('type'), keys: z.string().max(100_000) }),
  z.strictObject({ ask: z.literal('resize'), cols: z.int().min(2).max(500), rows: z.int().min(1).max(300) }),
  z.strictObject({ ask: z.literal('trouble'), id: z.int(), name: z.enum(TROUBLE_NAMES), on: z.boolean() }),
]);

export type Ask = z.infer<typeof Ask>;
export type ChosenFileText = z.infer<typeof File>;
