/**
 * What a patch of git says, without its marks: the text before and the text after, each as far as the patch holds it. A
 * secret of several lines is whole only so. Undefined for a patch of bytes that are no text, which nobody can look into.
 */
export function patchTexts(patch: Buffer): readonly [before: Buffer, after: Buffer] | undefined {
  const before: string[] = [];
  const after: string[] = [];
  let inHunk = false;
  for (const line of patch.toString('latin1').split('\n')) {
    if (line.startsWith('diff --git ')) inHunk = false;
    if (!inHunk && (line === 'GIT binary patch' || line.startsWith('Binary files '))) return undefined;
    if (line.startsWith('@@ ')) inHunk = true;
    else if (inHunk) {
      if (line[0] === '-' || line[0] === ' ') before.push(line.slice(1));
      if (line[0] === '+' || line[0] === ' ') after.push(line.slice(1));
    }
  }
  return [Buffer.from(before.join('\n'), 'latin1'), Buffer.from(after.join('\n'), 'latin1')];
}
