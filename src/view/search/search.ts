// What a user asks to be taken to: an address or a step that was typed, the step that last changed a block.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import type { RegionMap } from '../../regions/descriptor';
import type { Cursor } from '../../timeline/types';
import { bookmarkNamed, foundBookmark } from './bookmarks';
import type { NamedPlace } from './bookmarks';
import { counted, hex } from '../numbers';
import { headingsOf } from '../time/step-rows';
import type { Heading } from '../time/step-rows';
import type { Subject } from '../subject';
import { LAST_STEP } from '../viewport';
import { placeOf, whereabouts } from './place';

/** Where to go, and what to say. */
export interface Found {
  readonly address?: string;
  readonly cursor?: Cursor;
  /** Was it the name of a place, and no filter, that was typed? */
  readonly named?: boolean;
  readonly message: string;
}

/** An address, `step 35`, a name that the workload gives to a place, or one that the user has given to a bookmark. */
export function findTyped(
  text: string,
  subject: Subject,
  snapshot: HeapSnapshot | undefined,
  map: RegionMap | undefined,
  bookmarks: readonly NamedPlace[] = [],
): Found {
  const typed = text.trim();
  const step = /^(?:step|#)\s*(\d+)(?:\.(\d+))?$/i.exec(typed);
  if (step !== null && subject.kind === 'simulation') {
    const operation = Number(step[1]);
    const { operationCount } = subject.simulation;
    if (operation > operationCount) return { message: `There are ${counted(operationCount, 'step')}.` };
    const cursor =
      operation === 0
        ? { operation: 0, step: 0 }
        : { operation: operation - 1, step: step[2] === undefined ? LAST_STEP : Number(step[2]) };
    return { cursor, message: `Step ${typed.replace(/^\D+/, '')}` };
  }
  const place = placeNamed(typed, subject);
  if (place?.whole === true) return { ...foundPlace(place.heading), named: true };
  const bookmark = bookmarkNamed(typed, bookmarks);
  if (bookmark?.whole === true) return foundBookmark(typed, bookmark);
  const digits = typed.replace(/[\s_]/g, '');
  if (/^(0x)?[0-9a-f]{1,16}$/i.test(digits)) {
    const address = BigInt(/^0x/i.test(digits) ? digits : '0x' + digits);
    if (snapshot?.blocks.holding(address) === undefined) return outsideOfBlocks(address, map, subject);
    return { address: hex(address), message: placeOf(snapshot, address).text };
  }
  if (place !== undefined) return foundPlace(place.heading);
  if (bookmark !== undefined) return foundBookmark(typed, bookmark);
  return { message: typed === '' ? 'Type an address, a step or a filter.' : `“${typed}” is neither an address nor a step.` };
}

/** The region, or the gap between two, where a list of regions is known. */
function outsideOfBlocks(address: bigint, map: RegionMap | undefined, { release }: Subject): Found {
  const text = hex(address);
  if (map === undefined || map.descriptors.length === 0) return { message: `${text} is in no block of this heap.` };
  const { region } = whereabouts(undefined, map, release, address);
  const where = region === undefined ? 'in no region' : `in ${region}`;
  return { address: text, message: `${text} is ${where}, and in no block of this heap.` };
}

/** The place whose name is typed, or a part of it; better a whole name or a part between dots than one in the middle. */
function placeNamed(typed: string, subject: Subject): { readonly heading: Heading; readonly whole: boolean } | undefined {
  if (subject.kind !== 'simulation' || typed === '') return undefined;
  const wanted = typed.toLowerCase();
  const places = headingsOf(subject.simulation).filter((h) => h.named);
  const names = (h: Heading): string[] => [h.text, ...h.text.split(' · ')].map((t) => t.toLowerCase());
  const whole = places.find((h) => names(h).includes(wanted));
  const heading = whole ?? places.find((h) => h.text.toLowerCase().includes(wanted));
  return heading && { heading, whole: whole !== undefined };
}

function foundPlace({ operation, text }: Heading): Found {
  const cursor = operation === 0 ? { operation: 0, step: 0 } : { operation: operation - 1, step: LAST_STEP };
  return { cursor, message: `${text}: after step ${String(operation)}` };
}

/** The step up to the cursor that last wrote into the block at an address. Looks through the whole run. */
export function findLastChange(address: string, subject: Subject, snapshot: HeapSnapshot | undefined): Found {
  if (subject.kind !== 'simulation') return { message: 'A dump has one moment only: it does not tell what changed before.' };
  const block = snapshot?.blocks.holding(BigInt(address));
  const base = block?.base ?? BigInt(address);
  const range = { base, end: snapshot !== undefined && block !== undefined ? snapshot.blocks.end(block.index) : base + 1n };
  const found = subject.simulation.changes.last(range, true);
  if (found === undefined || found === 'further') return { message: `Nothing has written to ${hex(base)} yet.` };
  const { title } = subject.simulation.info(found.operation);
  return { cursor: found, message: `${hex(base)} was last written by step ${String(found.operation + 1)}, ${title}` };
}
