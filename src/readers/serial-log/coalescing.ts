// What ukplat_memregion_list_coalesce() prints: for each step the two neighbours and what it did with them (0.15 and later, with debug
// messages). From that follows which regions in use are in the list at its end. The free ones are cut further afterwards
// (stack, command line), so their final shape is better read from heap_init's own lines.

import { printed } from './messages';
import type { PrintedDescriptor } from './messages';

interface Step {
  left?: PrintedDescriptor;
  right?: PrintedDescriptor;
}

/** Collects the steps of one pass. */
export class Coalescing {
  private step: Step = {};
  /** By printed content: the last form of each region in use that is still in the list. */
  private readonly inList = new Map<string, PrintedDescriptor>();

  get isEmpty(): boolean {
    return this.inList.size === 0;
  }

  begin(): void {
    this.step = {};
  }

  /** A descriptor line of the step. */
  add(descriptor: PrintedDescriptor): void {
    if (this.step.left === undefined) this.step.left = descriptor;
    else this.step.right = descriptor;
    if (descriptor.type !== '') this.inList.set(contents(descriptor), descriptor);
  }

  /** The line that says what the step did. */
  act(text: string): void {
    const { left, right } = this.step;
    if (left === undefined || right === undefined) return;
    // Two that are alike: one of them stays whichever is deleted.
    if (contents(left) === contents(right)) return;
    if (text.startsWith('Deleting left')) this.inList.delete(contents(left));
    else if (text.startsWith('Deleting right')) this.inList.delete(contents(right));
    else if (text.startsWith('Merging') && left.type !== '') this.merge(left, right);
  }

  private merge(left: PrintedDescriptor, right: PrintedDescriptor): void {
    this.inList.delete(contents(left));
    this.inList.delete(contents(right));
    // Overlapping ones: the kernel makes the left end where the right began, and the whole of the right is lost.
    const end = printed(right.start) < printed(left.end) ? right.start : right.end;
    const len = (printed(end) - printed(left.start)).toString(16).padStart(12, '0');
    const merged = left.len === undefined ? { ...left, end, last: end } : { ...left, end, len };
    this.inList.set(contents(merged), merged);
  }

  /** Regions in use, by address. */
  inUse(): PrintedDescriptor[] {
    return [...this.inList.values()].sort((a, b) => (printed(a.start) < printed(b.start) ? -1 : 1));
  }
}

function contents(d: PrintedDescriptor): string {
  return [d.start, d.end, d.len ?? `${d.first!}-${d.last!}`, d.permissions, d.vbase, d.type, d.name].join(' ');
}
