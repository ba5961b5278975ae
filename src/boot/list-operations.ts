// The calls that make the region list, as operations of the boot: they change no simulated memory, but have their place in time, their
// steps and their messages.

import { KernelStop, type Kernel } from '../allocators/kernel';
import type { ListCall, ListRun } from '../firmware/types';
import { stepKind } from '../memory/steps';
import type { BootOperation } from './operation';

/** Stands for a step whose text the operation itself has. */
const STEP = stepKind('ukplat_memregion_list', 'plat/common/memory.c', () => 'the region list');

export function listOperations(kernel: Kernel, run: ListRun | undefined): BootOperation[] {
  if (run === undefined) return [];
  const lib = run.firmware.protocol === 'xen' ? 'libxenplat' : 'libkvmplat';
  return run.calls.map((call) => ({
    phase: 'list',
    kind: call.kind,
    title: call.title,
    caller: call.caller,
    steps: call.steps,
    run: () => execute(kernel, call, lib),
  }));
}

function execute(kernel: Kernel, call: ListCall, lib: string): { ret?: number; failed?: boolean } {
  for (const step of call.steps) {
    kernel.mem.journal.mark(STEP);
    for (const { level, text } of step.lines) kernel.print(level, lib, text);
  }
  if (call.stop !== undefined) throw new KernelStop(call.stop.kind, call.stop.message);
  if (call.ret === undefined) return {};
  const refused = call.kind === 'alloc' ? call.ret === 0n : call.ret < 0n;
  return { ret: Number(BigInt.asIntN(64, call.ret)), ...(refused && { failed: true }) };
}
