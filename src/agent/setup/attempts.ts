import { AppError } from '../../shared/errors.ts';

/** Steps of which each may fail without stopping the next: what failed is kept in `problems`, to be told at the end. */
export class Attempts {
  readonly problems: AppError[] = [];

  /** What `work` gives, or `otherwise` where it fails in words. A fault of ours is thrown on. */
  async attempt<T>(work: () => T | Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problems.push(error);
      return otherwise;
    }
  }
}
