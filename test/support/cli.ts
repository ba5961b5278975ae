// Runs the built command line as a user does. `npm run build` comes first, as `npm run test:fast` does it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLI = join(__dirname, '../../dist/cli.js');

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function ukboot(...args: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 120_000,
  });
  return { status, stdout, stderr };
}

/** The JSON that a command prints. */
export function ukbootJson(...args: string[]): unknown {
  return JSON.parse(ukboot(...args, '--format', 'json').stdout);
}

/** A folder for one test file's inputs, taken away at the end. */
export class Inputs {
  readonly folder = mkdtempSync(join(tmpdir(), 'ukboot-test-'));

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
