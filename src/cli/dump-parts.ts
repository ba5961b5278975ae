// The files of a dump as the command line names them. Small ones are read; large ones stay on disk, or where they are packed, are unpacked
// as a stream and kept without their zero pages.

import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { openingDump, type DumpPart, type OpenedDump, type OpenOptions } from '../dumps/open';
import { MOST_KEPT, SparseBytes } from '../memory/sparse-bytes';
import { sizeText } from '../regions/text';
import { parseInteger } from '../regions/text';
import { textOption, Unusable, type CommandLine } from './command-line';
import { FileBytes } from './file-bytes';
import { nameOf, reason } from './files';
import { Progress } from './progress';
import { saidHints } from './settings';

/** Files up to this are read as a whole. */
const SMALL = 32 * 2 ** 20;

/** @throws Unusable when the file cannot be read or unpacked */
export async function readPart(path: string, progress: Progress): Promise<DumpPart> {
  try {
    const { size } = statSync(path);
    if (size === 0) throw new Unusable(`${path}: the file is empty`);
    const head = new FileBytes(path);
    const start = head.read(0, 2);
    if (start[0] === 0x1f && start[1] === 0x8b) {
      head.close();
      return { name: nameOf(path), bytes: await unpacked(path, size, progress) };
    }
    if (size > SMALL) return { name: nameOf(path), bytes: head };
    head.close();
    return { name: nameOf(path), bytes: new Uint8Array(readFileSync(path)) };
  } catch (problem) {
    if (problem instanceof Unusable) throw problem;
    throw new Unusable(`${path}: ${reason(problem)}`);
  }
}

async function unpacked(path: string, size: number, progress: Progress): Promise<SparseBytes | Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const sparse = new SparseBytes(MOST_KEPT);
  try {
    for await (const chunk of file.pipe(createGunzip({ chunkSize: 2 ** 20 })) as AsyncIterable<Buffer>) {
      sparse.add(chunk);
      progress.report(`Unpacking ${nameOf(path)}`, file.bytesRead, size);
      if (sparse.cut) break;
    }
  } catch (problem) {
    throw new Unusable(`${path}: gzip data that cannot be unpacked (${reason(problem)})`);
  } finally {
    file.destroy();
  }
  sparse.end();
  if (sparse.cut) {
    console.error(
      `${path}: more than ${sizeText(MOST_KEPT)} are not zero: what is behind ${sizeText(sparse.length)} is left out; unpack the file to read it all`,
    );
  }
  return sparse.length <= SMALL ? sparse.read(0, sparse.length) : sparse;
}

export const DUMP_OPTIONS = ['at', 'index', 'heap', 'symbols'] as const;

/** Opens files together, with what the options say. @throws Unusable when a file cannot be read, or none holds memory */
export async function openFiles(paths: readonly string[], line: CommandLine): Promise<OpenedDump> {
  const progress = new Progress();
  const beside = ['index', 'symbols'].map((name) => textOption(line, name)).filter((path) => path !== undefined);
  const parts: DumpPart[] = [];
  for (const path of [...paths, ...beside]) parts.push(await readPart(path, progress));
  const opening = openingDump(parts, optionsOf(line));
  for (;;) {
    const next = opening.next();
    if (next.done !== true) {
      progress.report(next.value.doing, next.value.bytes);
      continue;
    }
    progress.end();
    return next.value;
  }
}

function optionsOf(line: CommandLine): OpenOptions {
  const { allocator, release, arch, config } = saidHints(line);
  const at = addressOption(line, 'at');
  const heap = textOption(line, 'heap');
  return {
    ...(allocator && { allocator }),
    ...(release && { release }),
    ...(arch && { arch }),
    config: config ?? {},
    ...(at !== undefined && { at }),
    ...(heap !== undefined && { heap }),
  };
}

/** An address as people write it: `0x…` or decimal. */
export function addressOption(line: CommandLine, name: string): bigint | undefined {
  const text = textOption(line, name);
  if (text === undefined) return undefined;
  const value = parseInteger(text);
  if (value === undefined || value < 0n || value >= 1n << 64n)
    throw new Unusable(`--${name} must be a 64-bit address, not “${text}”`);
  return value;
}
