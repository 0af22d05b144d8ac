/** Id of the folder that is meant when none is named: agents register the first installation under it. */
export const DEFAULT_ROOT = 'clone';

/** Folder ids as agents give them out (channel.md §6). */
export const ROOT_FORM = /^[a-z0-9][a-z0-9-]{0,31}$/;
