// Files as the commands read them: whole, unpacked when gzip-compressed, and with a clear refusal when they cannot be read.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Unusable } from './command-line';

/** Texts larger than this are refused: no transcript, log or source comes near it. */
const LARGEST_TEXT = 256 * 2 ** 20;

export function readBytes(path: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (problem) {
    throw new Unusable(`${path}: ${reason(problem)}`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (problem) {
    throw new Unusable(`${path}: gzip data that cannot be unpacked (${reason(problem)})`);
  }
}

export function readText(path: string): string {
  return textOf(path, readBytes(path));
}

export function textOf(path: string, bytes: Uint8Array): string {
  if (bytes.length > LARGEST_TEXT) throw new Unusable(`${path}: ${String(bytes.length)} bytes are too much for a text`);
  return new TextDecoder().decode(bytes);
}

/** The last part of a path, by which readers judge a name. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1)!.replace(/\.gz$/, '');
}

/** Why a file could not be read, in few words. */
export function reason(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  const { code } = problem as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'is a folder, not a file';
  if (code === 'EACCES') return 'may not be read';
  return problem.message;
}
