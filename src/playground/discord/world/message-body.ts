import type { AllowedMentions } from './mentions.ts';

/** A message to create or edit, as its schema has let it through. */
export interface MessageBody {
  readonly content?: string | null | undefined;
  readonly embeds?: readonly object[] | null | undefined;
  readonly components?: readonly { readonly type: number }[] | null | undefined;
  readonly attachments?: readonly AttachmentEntry[] | null | undefined;
  readonly allowed_mentions?: AllowedMentions | null | undefined;
  readonly flags?: number | null | undefined;
  readonly nonce?: string | number | null | undefined;
  readonly enforce_nonce?: boolean | null | undefined;
  readonly message_reference?: { readonly message_id: string } | null | undefined;
}

/** A file of the message: one that it has (by id), or what to say about an uploaded one (by its number). */
export interface AttachmentEntry {
  readonly id: string;
  readonly description?: string | null | undefined;
  readonly title?: string | null | undefined;
}

/** A file of a request. `number` is n of its field `files[n]`. */
export interface NumberedFile {
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}
