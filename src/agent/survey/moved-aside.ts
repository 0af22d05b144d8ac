/** How the names end of what the final setup moved out of the way, and of the note beside each. */
export const MOVED = '.old-clone';
export const MOVED_NOTE = '.moved.txt';

/** True for what starts the clone no longer, since nobody calls it by this name. */
export function isMovedAside(name: string): boolean {
  return /\.old-clone(\.\d+)?$|\.moved\.txt(\.\d+)?$/.test(name);
}
