// What the user is told, in one place: what was expected, what was found, what to do next.

import type { Problem } from '../regions/problem';
import { placeText } from '../regions/problem';

/** A message with buttons; `action` names are what the caller acts on. */
export interface Message {
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** Kinds of input in words, for sentences. */
const READABLE = 'a memory-map file (*.ukboot.json), a C source with region descriptors, a GDB transcript or a serial log';

export function noInput(): Message {
  return { severity: 'info', text: `Open ${READABLE}, then run Simulate ukboot again.` };
}

export function notReadable(name: string, reason: string): Message {
  return { severity: 'error', text: `${name} could not be read: ${reason}` };
}

export function tooLarge(name: string, bytes: number, most: number): Message {
  return {
    severity: 'error',
    text: `${name} has ${mebibytes(bytes)}; up to ${mebibytes(most)} are read. Cut it down to the part that shows the regions.`,
  };
}

/** @param bytes up to which the file was read */
export function cutShort(name: string, bytes: number): Message {
  return {
    severity: 'warning',
    text: `More of ${name} is not zero than can be kept: what is behind ${mebibytes(bytes)} is left out.`,
  };
}

/** @param where `3 GiB of 48 GiB of ram.bin` */
export function readingStopped(where: string): string {
  return `Reading was cancelled: ${where}. What was read is shown; the rest counts as not in the dump.`;
}

/** @param where `looking for a heap, 128 MiB looked at` @param shown is what was found up to there in a heap view? */
export function openingStopped(where: string, shown: boolean): string {
  const what = shown
    ? 'What was found up to there is shown'
    : 'Where its memory belongs is not known yet, so there is nothing to show';
  return `Opening the dump was cancelled${where === '' ? '' : `: ${where[0]!.toLowerCase()}${where.slice(1)}`}. ${what}.`;
}

export function noRegions(name: string, problems: readonly Problem[]): Message {
  const first = problems.find((p) => p.severity === 'error') ?? problems[0];
  const why = first === undefined ? '' : ` ${placed(first)}`;
  return { severity: 'error', text: `No region descriptors were found in ${name}.${why} What can be read: ${READABLE}.` };
}

export function unknownValues(name: string, unknown: readonly number[]): Message {
  const some = unknown.slice(0, 5).join(', ') + (unknown.length > 5 ? ', …' : '');
  const which = unknown.length === 1 ? `Region ${some} has` : `Regions ${some} have`;
  return {
    severity: 'warning',
    text: `${which} values that ${name} does not tell: expressions are never guessed. They take no part in the simulation.`,
  };
}

export function cannotSimulate(reason: string): Message {
  return { severity: 'error', text: `This cannot be simulated: ${reason}` };
}

export function notRestored(name: string): Message {
  return {
    severity: 'warning',
    text: `The heap view of ${name} could not be restored: its input is gone or holds no regions any more. Run Simulate ukboot on another one.`,
  };
}

export function noMemory(names: readonly string[], problems: readonly Problem[]): Message {
  const which = names.length === 1 ? `${names[0]!} holds no` : `None of ${names.slice(0, 5).join(', ')} holds`;
  const first = problems.find((p) => p.severity === 'error' && p.code !== 'no-memory');
  const why = first === undefined ? '' : `: ${placed(first)}`;
  return {
    severity: 'error',
    text: `${which} memory${why}. What can be imported: a raw image, an ELF core, Intel HEX, S-records or Verilog hex, each also gzip-compressed.`,
  };
}

export function tooLargeToDrop(names: readonly string[]): Message {
  return {
    severity: 'error',
    text: `${names.join(', ')}: too large to be dropped from outside of VS Code. Open its folder and use Import Dump… instead.`,
  };
}

/** @param problems of a dump without a heap */
export function noHeapInDump(problems: readonly Problem[]): string {
  const why = problems.find((p) => p.code === 'no-heap')?.message;
  return `No heap was found in the dump${why === undefined ? '' : `: ${why}`}. Its regions are shown, where it has some.`;
}

export function noSession(): Message {
  return {
    severity: 'info',
    text: 'No debug session is running. Start one (gdb through cppdbg or another adapter that reads memory), stop it after heap_init, and run this again; or use Import Dump… on a file.',
  };
}

export function sessionRuns(name: string): Message {
  return {
    severity: 'warning',
    text: `${name} is running, and memory can be read only while it stands still. Pause it or wait for a breakpoint, then run this again.`,
  };
}

export function noSessionHeap(failure: 'no-memory' | 'null', name: string): Message {
  const text =
    failure === 'null'
      ? `No allocator is registered in ${name} yet: _uk_alloc_head is NULL. Let it run past heap_init, stop it and run this again.`
      : `The debugger of ${name} does not give the memory of the heap. It may not support reading memory (readMemory of the Debug Adapter Protocol), or the address is not mapped. A dump can be imported instead: in gdb, dump binary memory ram.bin 0 RAM-SIZE.`;
  return { severity: 'error', text };
}

export function nothingSelected(): Message {
  return { severity: 'info', text: 'Select a block in the heap view first, on its map, in a list or with Ctrl+G.' };
}

export function noRegionThere(): Message {
  return { severity: 'info', text: 'There is no region there. Select a region on the strip, or an address inside of one.' };
}

export function regionWithoutSource(index: number): Message {
  return { severity: 'info', text: `Region ${String(index)} was read from memory: no text describes it.` };
}

/** @returns undefined when nothing needs saying: all bytes are in the hex editor */
export function bytesOpened({
  as,
  shown,
  asked,
}: {
  readonly as: 'hex editor' | 'text';
  readonly shown: number;
  readonly asked: number;
}): Message | undefined {
  const cut =
    shown < asked
      ? ` The first ${String(shown)} of ${String(asked)} bytes are shown${as === 'text' ? '' : ': what follows is not there, or is more than is opened at once'}.`
      : '';
  if (as === 'text')
    return { severity: 'info', text: `Shown as text: the Hex Editor extension (ms-vscode.hexeditor) is not installed.${cut}` };
  return cut === '' ? undefined : { severity: 'info', text: cut.trim() };
}

export function noSimulation(): Message {
  return { severity: 'info', text: 'Allocators are compared on a simulated boot: run Simulate ukboot on a region list first.' };
}

export function cannotHold(why: string): Message {
  return {
    severity: 'warning',
    text: `The dump cannot be held against a simulation: ${why}. Add files with Change How the Dump Is Read…, such as a transcript with the descriptors.`,
  };
}

export function noDump(): Message {
  return { severity: 'info', text: 'This heap view shows no dump. Import one first, with Import Dump….' };
}

export function notTwoDumps(): Message {
  return {
    severity: 'info',
    text: 'Choose exactly two dumps to compare: a heap view opens for each, and the second is held against the first.',
  };
}

export function dumpProblems(problems: readonly Problem[]): Message {
  const first = problems.find((p) => p.severity === 'error') ?? problems[0]!;
  const rest = problems.length - 1;
  const more = rest === 0 ? '' : ` And ${rest} more ${rest === 1 ? 'problem' : 'problems'}, in the log.`;
  return { severity: 'warning', text: `${sentence(placed(first))}${more}` };
}

function sentence(text: string): string {
  // A file's name stays as it is.
  const begun = /^[\w-]+\./.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

export function sessionNotRestored(name: string): Message {
  return {
    severity: 'info',
    text: `The heap view of ${name} is gone with its debug session. When it runs again, use Import from Debug Session.`,
  };
}

export function checked(name: string, count: number): Message {
  const text =
    count === 0
      ? `${name}: nothing is wrong with its regions.`
      : `${name}: ${count} ${count === 1 ? 'problem' : 'problems'} with its regions, listed under Problems.`;
  return { severity: 'info', text };
}

export function explanationCopied(title: string): Message {
  return { severity: 'info', text: `Copied as Markdown: ${title}` };
}

export function regionCopied(index: number): Message {
  return { severity: 'info', text: `Copied as JSON: region ${String(index)}, as a memory map has it.` };
}

export function nothingToExplain(): Message {
  return { severity: 'info', text: 'Explanations are of a simulation: run Simulate ukboot on the regions of this heap first.' };
}

export function noHeapView(): Message {
  return { severity: 'info', text: 'Open a heap view first: run Simulate ukboot on a memory map, or Import Dump….' };
}

export function saved(name: string): string {
  return `Saved ${name}.`;
}

export function notSaved(name: string, reason: string): Message {
  return { severity: 'error', text: `${name} could not be saved: ${reason}` };
}

/** @param reason a clause: `the pane is not shown` */
export function notCaptured(pane: string, reason: string): Message {
  return { severity: 'warning', text: `There is no picture of ${pane}: ${reason}.` };
}

/** A mistake of ours: the log has the details. */
export function internal(error: unknown): Message {
  const text = error instanceof Error ? error.message : String(error);
  return { severity: 'error', text: `ukboot failed, which is a mistake in the extension: ${text}. The log has the details.` };
}

/** A problem with its line. */
export function placed(problem: Problem): string {
  return problem.where === undefined ? problem.message : `Line ${placeText(problem.where)}: ${problem.message}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
}
