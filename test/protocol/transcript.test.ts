import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { transcript } from '../../src/protocol/transcript.ts';

const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 });

it('is SHA-256 over length and bytes of each frame', () => {
  const bytes = Buffer.from('00000002' + '6162' + '00000000' + '00000001' + '63', 'hex');
  const expected = createHash('sha256').update(bytes).digest('hex');
  expect(transcript([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')])).toBe(expected);
});

it('is another one for every other list of frames, however the same bytes are cut', () => {
  fc.assert(
    fc.property(frames, frames, (one, two) => {
      const same = JSON.stringify(one.map((f) => [...f])) === JSON.stringify(two.map((f) => [...f]));
      expect(transcript(one) === transcript(two)).toBe(same);
      const joined = [Buffer.concat(one)];
      if (one.length > 1) expect(transcript(joined)).not.toBe(transcript(one));
    }),
  );
});
