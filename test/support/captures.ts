// The recordings of real boots in test/captures/data: GDB sessions, dumps, logs and calls, as test/captures/README.md describes.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { Architecture, Release } from '../../src/regions/release';

const DATA = join(__dirname, '../captures/data');

/** Fields of a descriptor as capture.json has them: hex strings. */
export interface CapturedDescriptor {
  readonly pbase: string;
  readonly vbase: string;
  readonly len: string;
  readonly type: string;
  readonly flags: string;
}

/** What capture.json says. */
export interface CaptureFacts {
  readonly name: string;
  readonly release: Release;
  readonly arch: Architecture;
  readonly allocator: AllocatorId;
  readonly variant: string | null;
  /** Absent in the classic era. */
  readonly descriptors?: readonly CapturedDescriptor[];
  readonly descriptorSize?: number | null;
  readonly heap: string;
  readonly marks: readonly { readonly mark: string; readonly availmem: number; readonly maxalloc: number }[];
}

/** One entry of mem/index.json. */
export interface CapturedDump {
  readonly file: string;
  readonly stage: string;
  readonly addressSpace: string;
  readonly base?: string;
  readonly length: number;
  readonly segments?: readonly { readonly base: string; readonly length: number; readonly offset: number }[];
  readonly covers?: readonly [string, string];
}

export class Capture {
  readonly name: string;
  readonly facts: CaptureFacts;

  constructor(name: string) {
    this.name = name;
    this.facts = JSON.parse(readFileSync(join(DATA, name, 'capture.json'), 'utf8')) as CaptureFacts;
  }

  /** Is the file there, packed or not? */
  has(file: string): boolean {
    return existsSync(join(DATA, this.name, file)) || existsSync(join(DATA, this.name, file + '.gz'));
  }

  /** A file by its name without `.gz`, unpacked. */
  bytes(file: string): Uint8Array {
    const path = join(DATA, this.name, file);
    return existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(path + '.gz'));
  }

  text(file: string): string {
    return new TextDecoder().decode(this.bytes(file));
  }

  /** Dumps of mem/index.json that are kept here. */
  dumps(): readonly CapturedDump[] {
    const index = JSON.parse(this.text('mem/index.json')) as CapturedDump[];
    return index.filter((d) => this.has(d.file.replace(/\.gz$/, '')));
  }

  /** Names of the GDB transcripts: `gdb/10-pre-heap.txt`. */
  transcripts(): readonly string[] {
    return readdirSync(join(DATA, this.name, 'gdb')).map((f) => 'gdb/' + f.replace(/\.gz$/, ''));
  }
}

export const captures: readonly Capture[] = readdirSync(DATA).map((name) => new Capture(name));

export function captureNamed(name: string): Capture {
  const found = captures.find((c) => c.name === name);
  if (found === undefined) throw new Error(`no capture ${name}`);
  return found;
}
