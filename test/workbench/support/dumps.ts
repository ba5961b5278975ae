// Dumps that a suite makes for itself from the captured one: damaged, and too large to be read at once.

import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { WORKSPACE } from './window';

const GIB = 2 ** 30;
/** Where the captured image is cut in two. */
const CUT = 2 ** 21;

/** RAM of the captured kernel, which begins at address 0. */
function captured(): Buffer {
  return gunzipSync(readFileSync(join(WORKSPACE, 'dump/ram-main-3.bin.gz')));
}

/** The captured image with 64-bit words overwritten, in a folder of its own. */
export function writeDamaged(folder: string, name: string, words: readonly (readonly [address: number, value: number])[]): void {
  const ram = captured();
  for (const [address, value] of words) ram.writeBigUInt64LE(BigInt(value), address);
  mkdirSync(join(WORKSPACE, folder), { recursive: true });
  writeFileSync(join(WORKSPACE, folder, name), gzipSync(ram, { level: 1 }));
}

/** The captured image with a hole of so many GiB between its first 2 MiB and the rest, and the index that says so. */
export function writeLarge(folder: string, name: string, gibibytes: number): void {
  const ram = captured();
  mkdirSync(join(WORKSPACE, folder), { recursive: true });
  const path = join(WORKSPACE, folder, name);
  const file = openSync(path, 'w');
  const behind = gibibytes * GIB;
  writeSync(file, ram, 0, CUT, 0);
  for (let at = CUT; at < ram.length; at += CUT) {
    const piece = ram.subarray(at, at + CUT);
    if (piece.some((b) => b !== 0)) writeSync(file, piece, 0, piece.length, behind + at - CUT);
  }
  closeSync(file);
  truncateSync(path, behind + ram.length - CUT);
  const segments = [
    { base: '0x0', length: CUT, offset: 0 },
    { base: `0x${CUT.toString(16)}`, length: ram.length - CUT, offset: behind },
  ];
  const entry = { file: name, stage: 'main-3', addressSpace: 'physical', segments };
  writeFileSync(join(WORKSPACE, folder, 'index.json'), JSON.stringify([entry]));
}

/** Memory that takes seconds to look through: page after page begins as a heap does, and none is one. */
export function writeSlow(folder: string, name: string, index: string, mebibytes: number): void {
  const page = captured().subarray(0x12000, 0x13000);
  const bytes = Buffer.alloc(mebibytes * 2 ** 20);
  for (let at = 0; at < bytes.length; at += page.length) page.copy(bytes, at);
  mkdirSync(join(WORKSPACE, folder), { recursive: true });
  writeFileSync(join(WORKSPACE, folder, name), bytes);
  const segments = [{ base: '0x10000000', length: bytes.length, offset: 0 }];
  writeFileSync(
    join(WORKSPACE, folder, index),
    JSON.stringify([{ file: name, stage: 'main-3', addressSpace: 'physical', segments }]),
  );
}
