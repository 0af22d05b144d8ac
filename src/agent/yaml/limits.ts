/** Values in one file with all aliases written out. A settings file has some hundreds. */
export const MAX_NODES = 100_000;

/** Levels of nesting, refused before anything recurses over them; Python itself stops near 300. */
export const MAX_DEPTH = 200;
