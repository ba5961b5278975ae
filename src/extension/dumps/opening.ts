// Opening what was read of a dump, in slices. When the user cancels, what was found up to there is there, and it can be gone on with.

import type { DumpPart, OpenedDump, OpenProgress } from '../../dumps/open';
import type { Said } from '../panel/restore';
import { runInSlices } from './slices';

export class Opening {
  private readonly run: Generator<OpenProgress, OpenedDump>;
  private last: OpenProgress | undefined;

  private constructor(run: Generator<OpenProgress, OpenedDump>) {
    this.run = run;
  }

  /** The readers are loaded with the first dump. */
  static async of(parts: readonly DumpPart[], { heap, at, allocator, release }: Said): Promise<Opening> {
    const { openingDump } = await import('../../dumps/open');
    const options = {
      ...(heap !== undefined && { heap }),
      ...(at !== undefined && { at: BigInt(at) }),
      ...(allocator && { allocator }),
      ...(release && { release }),
    };
    return new Opening(openingDump(parts, options));
  }

  /** Goes on to the end; undefined when the user cancels on the way. */
  async toEnd(): Promise<OpenedDump | undefined> {
    const words = ({ doing, bytes }: OpenProgress): string =>
      bytes === 0 ? doing : `${doing}: ${(bytes / 2 ** 20).toFixed(0)} MiB`;
    return await runInSlices('Opening the dump', this.noted(), words);
  }

  /** What was found when the user cancelled; undefined while memory has no place yet. */
  get soFar(): OpenedDump | undefined {
    return this.last?.soFar?.();
  }

  /** What was being done then. */
  get doing(): string {
    return this.last?.doing ?? '';
  }

  private *noted(): Generator<OpenProgress, OpenedDump> {
    for (;;) {
      const next = this.run.next();
      if (next.done === true) return next.value;
      yield (this.last = next.value);
    }
  }
}
