// What a heap view keeps for the time after a reload: where its input is, and what was chosen. The rest is simulated again.

import { isAllocatorId } from '../regions/allocator-id';
import { ARCHITECTURES, parseRelease } from '../regions/release';
import type { Architecture, Config } from '../regions/release';
import type { Choices } from '../timeline/choices';

export interface Restore {
  /** URI of the input. */
  readonly input: string;
  readonly choices: Choices;
}

export function restoreOf(input: string, choices: Choices): Restore {
  const { release, allocator, arch, config } = choices;
  return { input, choices: { release, allocator, arch, config } };
}

/** Reads the state that a webview kept. It comes from storage, perhaps of another version, so nothing in it is taken for granted. */
export function parseRestore(state: unknown): Restore | undefined {
  const restore = field(state, 'restore');
  const input = field(restore, 'input');
  const choices = field(restore, 'choices');
  const allocator = field(choices, 'allocator');
  const releaseText = field(choices, 'release');
  const arch = field(choices, 'arch');
  const release = typeof releaseText === 'string' ? parseRelease(releaseText) : undefined;
  if (typeof input !== 'string' || release === undefined) return undefined;
  if (typeof allocator !== 'string' || !isAllocatorId(allocator) || !isArchitecture(arch)) return undefined;
  return { input, choices: { release, allocator, arch, config: configOf(field(choices, 'config')) } };
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
