// One input, read and judged: its descriptors, what is wrong with each, and what ukboot would do with it.

import { ALLOCATORS, buildOptions } from '../../allocators/registry';
import type { Decision } from '../../boot/decision';
import { regionSentences } from '../../explain/regions';
import { resolveMap } from '../../firmware/resolve';
import { checkDescriptors } from '../../regions/checks';
import type { DescriptorProblem } from '../../regions/checks';
import { FIELD_NAMES } from '../../regions/descriptor';
import type { Descriptor, RegionMap } from '../../regions/descriptor';
import { fixFor } from '../../regions/fixes';
import type { FieldChange } from '../../regions/fixes';
import { neighboursText } from '../../regions/neighbours';
import type { TextRange } from '../../regions/problem';
import { sizeText } from '../../regions/text';
import { hex } from '../../memory/address';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { Simulation, cannotSimulate } from '../../timeline/simulation';
import type { Choices } from '../../timeline/choices';

/** A descriptor that stands somewhere in the text. */
export interface Placed {
  readonly descriptor: Descriptor;
  /** Its index in the map; undefined when the map has no such region. */
  readonly index?: number;
}

export class Analysis {
  /** With the list that the boot works on, also where it is made from a firmware's map. */
  readonly map: RegionMap;
  readonly choices: Choices;
  /** What was assumed, in few words each. */
  readonly assumed: readonly string[];
  readonly problems: readonly DescriptorProblem[];
  /** Further printings of the same list: a debugger's transcript shows it many times. */
  private readonly printedElsewhere: readonly Descriptor[];
  private booted: Booted | undefined;

  constructor(map: RegionMap, choices: Choices, assumed: readonly string[], printedElsewhere: readonly Descriptor[] = []) {
    this.printedElsewhere = printedElsewhere;
    this.map = resolveMap(map, choices).map;
    this.choices = choices;
    this.assumed = assumed;
    this.problems = checkDescriptors(this.map, choices.release, choices.arch, choices.config);
  }

  /** The innermost descriptor at a place of the text. */
  descriptorAt(line: number, column: number): Placed | undefined {
    const listed = innermost(this.map.descriptors, line, column);
    if (listed !== undefined) return { descriptor: listed, index: this.map.descriptors.indexOf(listed) };
    const descriptor = innermost(this.printedElsewhere, line, column);
    if (descriptor === undefined) return undefined;
    const index = this.map.descriptors.findIndex((d) => sameValues(d, descriptor));
    return index < 0 ? { descriptor } : { descriptor, index };
  }

  problemsOf(index: number): readonly DescriptorProblem[] {
    return this.problems.filter((problem) => problem.descriptor === index);
  }

  /** What ukboot would do with a region; undefined when this boot cannot be simulated. Boots once, on the first question. */
  decisionOn(index: number): Decision | undefined {
    return this.boot().decisions.find((decision) => decision.region === index);
  }

  /** Which region of the heap it is, counted from 1; undefined when it is none. */
  orderOf(index: number): number | undefined {
    const used = this.boot().decisions.filter((d) => d.kind === 'init' || d.kind === 'addmem');
    const at = used.sort((a, b) => Number(b.kind === 'init') - Number(a.kind === 'init')).findIndex((d) => d.region === index);
    return at < 0 ? undefined : at + 1;
  }

  /** Free blocks of a buddy heap that the boot leaves in a region. */
  insideOf(index: number): { readonly blocks: string; readonly largest: string } | undefined {
    const { snapshot } = this.boot();
    const { fields, era } = this.map.descriptors[index]!;
    const base = (era === 'classic' ? fields.base : fields.vbase)?.value;
    const len = fields.len?.value;
    if (snapshot === undefined || this.choices.allocator !== 'bbuddy' || base === undefined || len === undefined)
      return undefined;
    const { blocks } = snapshot;
    const orders: number[] = [];
    let largest = -1;
    for (let i = 0; i < blocks.length; i++) {
      if (blocks.state(i) !== 'free' || blocks.base(i) < base || blocks.end(i) > base + len) continue;
      orders.push(blocks.sizeClass(i));
      if (largest < 0 || blocks.size(i) > blocks.size(largest)) largest = i;
    }
    if (largest < 0) return undefined;
    const [least, most] = [Math.min(...orders), Math.max(...orders)];
    const range = least === most ? `o${String(least)}` : `o${String(least)}…o${String(most)}`;
    return { blocks: range, largest: `largest block ${sizeText(blocks.size(largest))} at \`${hex(blocks.base(largest))}\`` };
  }

  neighboursOf(index: number): string | undefined {
    return neighboursText(this.map.descriptors, index, this.choices.release);
  }

  /** Allocators of this release that ukboot can be built with and that have no use for a region that is added. */
  unusedBy(index: number): readonly string[] {
    if (this.decisionOn(index)?.kind !== 'addmem') return [];
    const { release, arch, config } = this.choices;
    return ALLOCATORS.filter((a) => a.bootOption !== undefined && a.profile(release) !== undefined)
      .filter((a) => a.addmem(buildOptions(a, { release, arch, config })) !== 'adds')
      .map((a) => a.id);
  }

  /** What would put a descriptor right in the text. */
  fixOf(index: number): readonly FieldChange[] | undefined {
    const descriptor = this.map.descriptors[index];
    return descriptor && fixFor(descriptor, this.problemsOf(index));
  }

  private boot(): Booted {
    return (this.booted ??= this.bootNow());
  }

  private bootNow(): Booted {
    if (cannotSimulate(this.choices) !== undefined) return { decisions: [] };
    const simulation = Simulation.create({ map: this.map, ...this.choices, workload: [] });
    const decisions = regionSentences(simulation).map(({ region, kind, text }) => ({ region, kind, reason: text }));
    simulation.runToEnd();
    const snapshot = simulation.snapshot();
    return { decisions, ...(snapshot && { snapshot }) };
  }
}

/** What a boot on these regions leads to. */
interface Booted {
  readonly decisions: readonly Decision[];
  readonly snapshot?: HeapSnapshot;
}

function innermost(descriptors: readonly Descriptor[], line: number, column: number): Descriptor | undefined {
  let found: Descriptor | undefined;
  for (const descriptor of descriptors) {
    const { where } = descriptor;
    if (where === undefined || !holds(where, line, column)) continue;
    if (found?.where === undefined || within(where, found.where)) found = descriptor;
  }
  return found;
}

/** Do two printings agree on every field that both know? */
function sameValues(a: Descriptor, b: Descriptor): boolean {
  let shared = 0;
  for (const name of FIELD_NAMES) {
    const [x, y] = [a.fields[name]?.value, b.fields[name]?.value];
    if (x === undefined || y === undefined) continue;
    if (x !== y) return false;
    shared++;
  }
  return shared >= 2;
}

function holds(range: TextRange, line: number, column: number): boolean {
  return !before(line, column, range.line, range.column) && !before(range.endLine, range.endColumn, line, column);
}

function within(inner: TextRange, outer: TextRange): boolean {
  return holds(outer, inner.line, inner.column) && holds(outer, inner.endLine, inner.endColumn);
}

function before(line: number, column: number, otherLine: number, otherColumn: number): boolean {
  return line < otherLine || (line === otherLine && column < otherColumn);
}
