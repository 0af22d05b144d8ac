/** Folder ids as agents give them out (channel.md §6). */
export const ROOT_FORM = /^[a-z0-9][a-z0-9-]{0,31}$/;
