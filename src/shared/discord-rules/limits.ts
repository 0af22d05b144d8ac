/**
 * Discord's numbers that its published schemas do not carry, or carry wrongly. Sizes of text are UTF-16 units unless a
 * name says bytes. Pages are those of Discord's developer documentation.
 */
export const LIMITS = {
  /** Components of one message, nested ones included (change log of 2025-04-29). */
  messageComponents: 40,
  /** Action rows of a message without IS_COMPONENTS_V2. */
  legacyRows: 5,
  /** Text of all Text Displays of one message together (discord-api-docs pull request 8562). */
  messageText: 4000,
  /** Bytes of UTF-8 of all Text Displays, 12 more for each; above it the service fails (discord-api-docs issue 8554). */
  messageBytes: 10_170,
  bytesPerText: 12,
  content: 2000,
  /** Titles, descriptions, fields, footers and authors of all embeds together. */
  embedText: 6000,
  rowButtons: 5,
  /** Top level of a modal. The schema allows 40. */
  modalComponents: 5,
  /** Names, descriptions and values of one command; of translations the longest counts. */
  commandText: 8000,
  chatInputCommands: 100,
  contextMenuCommands: 15,
  fileTypes: 10,
} as const;
