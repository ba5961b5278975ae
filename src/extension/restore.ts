// What a heap view keeps for the time after a reload: where its input is, and what was chosen. The rest is simulated or read again.

import { hex } from '../memory/address';
import { isAllocatorId } from '../regions/allocator-id';
import { ARCHITECTURES, parseRelease } from '../regions/release';
import type { Architecture, Config } from '../regions/release';
import type { Choices } from '../timeline/choices';
import { parseAddress } from './typed-address';

export interface SimulationRestore {
  readonly kind: 'simulation';
  /** URI of the input. */
  readonly input: string;
  readonly choices: Choices;
}

/** A dump: the files that were understood together, and what the user said beside them. */
export interface DumpRestore {
  readonly kind: 'dump';
  readonly inputs: readonly string[];
  readonly choices: Choices;
  /** Address of a raw image, and of the heap, as hex text. */
  readonly at?: string;
  readonly heap?: string;
}

export type Restore = SimulationRestore | DumpRestore;

export function restoreOf(input: string, choices: Choices): SimulationRestore {
  return { kind: 'simulation', input, choices: plainChoices(choices) };
}

/** @param at,heap unsigned addresses */
export function dumpRestoreOf(inputs: readonly string[], choices: Choices, at?: bigint, heap?: bigint): DumpRestore {
  return {
    kind: 'dump',
    inputs,
    choices: plainChoices(choices),
    ...(at !== undefined && { at: hex(at) }),
    ...(heap !== undefined && { heap: hex(heap) }),
  };
}

function plainChoices({ release, allocator, arch, config }: Choices): Choices {
  return { release, allocator, arch, config };
}

/** Reads the state that a webview kept. It comes from storage, perhaps of another version, so nothing in it is taken for granted. */
export function parseRestore(state: unknown): Restore | undefined {
  const restore = field(state, 'restore');
  const choices = choicesOf(field(restore, 'choices'));
  if (choices === undefined) return undefined;
  if (field(restore, 'kind') !== 'dump') {
    const input = field(restore, 'input');
    return typeof input === 'string' ? { kind: 'simulation', input, choices } : undefined;
  }
  const inputs = field(restore, 'inputs');
  if (!Array.isArray(inputs) || !inputs.every((i): i is string => typeof i === 'string')) return undefined;
  return dumpRestoreOf(inputs, choices, addressIn(field(restore, 'at')), addressIn(field(restore, 'heap')));
}

function choicesOf(choices: unknown): Choices | undefined {
  const allocator = field(choices, 'allocator');
  const releaseText = field(choices, 'release');
  const arch = field(choices, 'arch');
  const release = typeof releaseText === 'string' ? parseRelease(releaseText) : undefined;
  if (release === undefined || typeof allocator !== 'string' || !isAllocatorId(allocator) || !isArchitecture(arch))
    return undefined;
  return { release, allocator, arch, config: configOf(field(choices, 'config')) };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function addressIn(value: unknown): bigint | undefined {
  return typeof value === 'string' ? parseAddress(value) : undefined;
}

function isArchitecture(value: unknown): value is Architecture {
  return (ARCHITECTURES as readonly unknown[]).includes(value);
}

function configOf(value: unknown): Config {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
