import type { Call } from '../verb.ts';
import { type Choose, Left } from './prompts.ts';

/** The same call, whose yes-or-no questions are asked like all others; Enter is no. Once one is left, the rest is no. */
export function confirmWith(call: Call, choose: Choose): Call {
  let left = false;
  const confirm = async (text: string): Promise<boolean> => {
    if (left) return false;
    try {
      return await choose<boolean>({
        text,
        options: [
          { value: false, name: 'No' },
          { value: true, name: 'Yes' },
        ],
      });
    } catch (error) {
      if (!(error instanceof Left)) throw error;
      left = true;
      return false;
    }
  };
  return { ...call, confirm };
}
