// Golden traces as they lie in test/golden/traces: recorded from the real C allocators, never written by our code.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const TRACES = join(__dirname, '../golden/traces');

/** `bbuddy/r17-edge-32m`, … of one family. */
export function goldenTraces(family: string): string[] {
  const names = readdirSync(join(TRACES, family)).filter((f) => f.endsWith('.jsonl.gz'));
  return names.sort().map((f) => `${family}/${f.replace('.jsonl.gz', '')}`);
}

export function traceText(trace: string): string {
  return gunzipSync(readFileSync(join(TRACES, `${trace}.jsonl.gz`))).toString('utf8');
}
