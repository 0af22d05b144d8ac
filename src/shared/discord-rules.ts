/**
 * Discord's real limits that its published schemas do not catch, as pure functions over the JSON that goes to Discord.
 * The tests of the bot run them on every view, the playground on every request. `RULES` lists them all.
 */
export { type CallbackContext, type CallbackPayload, lintCallback } from './discord-rules/callback.ts';
export {
  type CommandContext,
  type CommandPayload,
  lintCommand,
  lintCommands,
} from './discord-rules/command.ts';
export { type ComponentNode, type PlacedComponent, walkComponents } from './discord-rules/component-tree.ts';
export { LIMITS } from './discord-rules/limits.ts';
export { lintMessage, type MessageContext, type MessagePayload } from './discord-rules/message.ts';
export { lintModal, type ModalPayload } from './discord-rules/modal.ts';
export { RULES, type RuleName, type RuleProblem } from './discord-rules/problem.ts';
export { textSize } from './discord-rules/text.ts';
