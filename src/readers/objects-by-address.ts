// Recorded calls name blocks by address; operations name them by id.

/** The live blocks of a record, numbered in the order in which they were handed out, from 1. */
export class ObjectsByAddress {
  private readonly ids = new Map<bigint, number>();
  private last = 0;

  /** A new block; address 0, a failed call, gets a number and no block. */
  add(address: bigint): number {
    const id = ++this.last;
    if (address !== 0n) this.ids.set(address, id);
    return id;
  }

  /** The id of the live block at `address`; null for NULL, undefined where no block is. */
  idOf(address: bigint): number | null | undefined {
    return address === 0n ? null : this.ids.get(address);
  }

  remove(address: bigint): void {
    this.ids.delete(address);
  }
}
