// What a heap view keeps for the time after a reload: where its input is, and what was chosen. The rest is simulated or read again.

import { isAllocatorId } from '../../regions/allocator-id';
import type { AllocatorId } from '../../regions/allocator-id';
import { ARCHITECTURES, parseRelease } from '../../regions/release';
import type { Architecture, Config, Release } from '../../regions/release';
import type { Choices } from '../../timeline/choices';
import { parseAddress } from '../dumps/typed-address';

export interface SimulationRestore {
  readonly kind: 'simulation';
  /** URI of the input. */
  readonly input: string;
  readonly choices: Choices;
  /** Another allocator than the input's was tried. */
  readonly whatIf?: boolean;
}

/** A dump: the files that were understood together, and what the user said beside them. */
export interface DumpRestore {
  readonly kind: 'dump';
  readonly inputs: readonly string[];
  readonly said: Said;
}

/** What the user says about a dump: it counts more than its files and its memory. */
export interface Said {
  /** Address of the heap, or an expression for it. */
  readonly heap?: string;
  /** Address of a raw image's first byte. */
  readonly at?: string;
  readonly allocator?: AllocatorId;
  readonly release?: Release;
}

export type Restore = SimulationRestore | DumpRestore;

export function restoreOf(input: string, choices: Choices, whatIf = false): SimulationRestore {
  return { kind: 'simulation', input, choices: plainChoices(choices), ...(whatIf && { whatIf }) };
}

function plainChoices({ release, allocator, arch, config }: Choices): Choices {
  return { release, allocator, arch, config };
}

/** Reads the state that a webview kept. It comes from storage, perhaps of another version, so nothing in it is taken for granted. */
export function parseRestore(state: unknown): Restore | undefined {
  const restore = field(state, 'restore');
  if (field(restore, 'kind') === 'dump') {
    const inputs = field(restore, 'inputs');
    if (!Array.isArray(inputs) || !inputs.every((i): i is string => typeof i === 'string')) return undefined;
    return { kind: 'dump', inputs, said: saidIn(field(restore, 'said')) };
  }
  const input = field(restore, 'input');
  const choices = choicesOf(field(restore, 'choices'));
  return typeof input === 'string' && choices !== undefined
    ? { kind: 'simulation', input, choices, ...(field(restore, 'whatIf') === true && { whatIf: true }) }
    : undefined;
}

/** The name of the debug session that a heap view showed; undefined when it showed something else. */
export function sessionIn(state: unknown): string | undefined {
  const restore = field(state, 'restore');
  const name = field(restore, 'name');
  return field(restore, 'kind') === 'session' && typeof name === 'string' ? name : undefined;
}

function saidIn(said: unknown): Said {
  const heap = field(said, 'heap');
  const at = field(said, 'at');
  const allocator = field(said, 'allocator');
  const release = field(said, 'release');
  const known = typeof release === 'string' ? parseRelease(release) : undefined;
  return {
    ...(typeof heap === 'string' && { heap }),
    ...(typeof at === 'string' && parseAddress(at) !== undefined && { at }),
    ...(typeof allocator === 'string' && isAllocatorId(allocator) && { allocator }),
    ...(known && { release: known }),
  };
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

function isArchitecture(value: unknown): value is Architecture {
  return (ARCHITECTURES as readonly unknown[]).includes(value);
}

function configOf(value: unknown): Config {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
