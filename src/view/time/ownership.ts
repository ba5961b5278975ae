// Who holds what in a subject, as far as its timeline tells: nobody in a dump, and no block of the region allocator, which does not
// divide what it hands out.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import type { ShadowSpace } from '../../snapshot/shadow';
import { Owners } from './owners';
import type { Holders, Owner } from './owners';
import type { Past } from '../own/oscar-frames';
import { ShadowOwners } from '../own/shadow-owners';
import { operationsDone } from './steps';
import type { Steppable, Subject } from '../subject';

export class Ownership {
  private readonly simulation: Steppable | undefined;
  private readonly divided: boolean;
  private made: Owners | undefined;
  private shadowOwners: ShadowOwners | 'too long' | undefined;

  constructor(subject: Subject) {
    this.simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
    this.divided = this.simulation?.input.allocator !== 'region';
  }

  /** Who holds `[base, end)` at the cursor. */
  readonly now = (base: bigint, end: bigint): Owner | undefined => this.after(base, end, this.done);

  /** Who holds it after so many operations. */
  readonly after = (base: bigint, end: bigint, operations: number): Owner | undefined =>
    this.divided ? this.owners?.of(base, end, operations) : undefined;

  /** Who holds which block at the cursor. */
  holders(snapshot: HeapSnapshot | undefined): Holders | undefined {
    return snapshot !== undefined && this.divided ? this.owners?.holders(snapshot.blocks, this.done) : undefined;
  }

  /** The operation that gave back what another one was given. */
  readonly freedBy = (operation: number): number | undefined => this.owners?.freedBy(operation);

  /** Who had which frame so far. */
  past(space: ShadowSpace): Past | undefined {
    if (this.simulation === undefined) return undefined;
    this.shadowOwners ??= ShadowOwners.of(this.simulation, space, this.freedBy) ?? 'too long';
    return { owners: this.shadowOwners === 'too long' ? undefined : this.shadowOwners, done: this.done };
  }

  private get owners(): Owners | undefined {
    if (this.made === undefined && this.simulation !== undefined) this.made = new Owners(this.simulation);
    return this.made;
  }

  private get done(): number {
    return this.simulation === undefined ? 0 : operationsDone(this.simulation.cursor);
  }
}
