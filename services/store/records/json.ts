/** The JSON text of a value. @throws TypeError for what JSON has no text for (undefined, a function, a bigint) */
export function toJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`A value of type ${typeof value} cannot be stored as JSON.`);
  return text;
}

/** The value of JSON that this store wrote. Its shape is the caller's to check. */
export function fromJson(text: string): unknown {
  return JSON.parse(text);
}
