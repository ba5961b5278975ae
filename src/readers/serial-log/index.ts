// Console logs of a Unikraft kernel. The regions come from the fullest source that the log has:
//
//   1. the boot memory map (info messages, 0.12 and later): every region with all its fields
//   2. the regions that heap_init tried (debug messages), with those in use from what coalescing printed
//   3. what the allocator says: where the heap is, which regions it refused
//
// Fields that no line gives are derived where they are certain, else unknown. Of several boots in one log the last is read.

import type { RegionMap } from '../../regions/descriptor';
import type { Problem } from '../../regions/problem';
import type { Release } from '../../regions/release';
import { inLine } from '../lines';
import { BootLogReader } from './boot-log';
import type { BootLog } from './boot-log';
import { LogDescriptors } from './descriptors';
import { hintsIn } from './hints';
import { descriptorIn, messagesOf, triedIn } from './messages';

/** Does this text have lines of a Unikraft console? */
export function looksLikeSerialLog(text: string): boolean {
  if (/\[lib\w+\] *<[\w-]+\.\w+ *@ *\d+>/.test(text)) return true;
  // Not behind a quotation mark: that is C source that prints such a message.
  const telling = /^[^"]*(?:Boot memory map:|Powered by Unikraft|palloc request of|Failed to add memory region)/;
  return messagesOf(text).some((m) => telling.test(m.text) || descriptorIn(m) !== undefined || triedIn(m) !== undefined);
}

/**
 * Reads a console log. Never throws.
 *
 * @param release for the numbers of types, where the log does not name its release
 */
export function readSerialLog(text: string, release?: Release): RegionMap {
  const { boots, messages } = BootLogReader.read(text);
  const withRegions = boots.filter(hasRegions);
  const boot = withRegions.at(-1) ?? boots.at(-1)!;
  const hints = hintsIn(messages, boot);
  const reader = new LogDescriptors(boot, hints, release);
  const descriptors = reader.read();
  const problems = [...boot.problems, ...reader.problems];
  if (withRegions.length > 1) problems.push(severalBoots(boot, withRegions.length));
  return { kind: 'log', descriptors, hints, problems };
}

function hasRegions(boot: BootLog): boolean {
  return boot.map.length + boot.tried.length + boot.refused.length > 0 || boot.heap !== undefined || !boot.coalescing.isEmpty;
}

function severalBoots(boot: BootLog, count: number): Problem {
  const first = (boot.mapHeading ?? boot.map[0]?.message ?? boot.heapInit)?.line;
  const message = `The log has ${count} boots; these regions are those of the last one.`;
  return { severity: 'info', code: 'several-boots', message, ...(first && { where: inLine(first) }) };
}
