import { type Choose, Left, type Question } from '../../src/agent/cli/guided/prompts.ts';

/** A person who leaves at this question. */
export const LEAVE = Symbol('leave');

/** What a person does, question by question. */
export type Script = readonly (string | undefined | typeof LEAVE)[];

/**
 * A person who takes, question by question, the option whose name begins so; undefined is Enter. Remembers what was asked.
 * Another question than there are answers, or a name that is not offered, fails the test.
 */
export function scripted(...names: Script): {
  readonly choose: Choose;
  readonly asked: Question<unknown>[];
} {
  const asked: Question<unknown>[] = [];
  const choose: Choose = async <Value>(question: Question<Value>): Promise<Value> => {
    const at = asked.length;
    asked.push(question);
    if (at >= names.length) throw new Error(`nobody answers "${question.text}"`);
    const name = names[at];
    if (name === LEAVE) throw new Left();
    const { options, enter } = question;
    const chosen =
      name === undefined
        ? (options.find(({ value }) => value === enter) ?? options[0])
        : options.find((option) => option.name.startsWith(name));
    if (chosen === undefined)
      throw new Error(`"${name}" is not offered: ${options.map((option) => option.name).join(' | ')}`);
    return chosen.value;
  };
  return { choose, asked };
}
