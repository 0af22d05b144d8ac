/** What one check of the operator's set-up found. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error' | 'skipped';
  readonly says: string;
  /** What the operator can do about it; only where something is wrong. */
  readonly todo?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, status: 'ok', says });
export const skipped = (check: string, says: string): Finding => ({ check, status: 'skipped', says });
export const warning = (check: string, says: string, todo: string): Finding => ({
  check,
  status: 'warning',
  says,
  todo,
});
export const error = (check: string, says: string, todo: string): Finding => ({
  check,
  status: 'error',
  says,
  todo,
});
