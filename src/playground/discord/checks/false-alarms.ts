/** Members that the schemas call numbers while the documentation, and Discord, take bit sets written as text. */
const BIT_SETS = ['default_member_permissions', 'allow', 'deny'];

/** A copy of a body for its schema only: bit sets written as text become numbers. */
export function withoutFalseAlarms(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutFalseAlarms);
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      const isBitSet = BIT_SETS.includes(key) && typeof value === 'string' && /^\d{1,20}$/.test(value);
      return [key, isBitSet ? Number(value) : withoutFalseAlarms(value)];
    }),
  );
}
