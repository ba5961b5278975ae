// What the kernel takes from its new heap right after heap_init, before main(): stack allocators, TLS area, auxiliary stacks, the
// scheduler and its first threads (lib/ukboot/boot.c, lib/ukallocstack, lib/ukschedcoop, lib/uksched).
//
// Sizes of the boot's own structures are certain. Those of the TLS area and of a thread depend on the image and the CPU; the values
// here are what "hello world" images of these releases ask for, and the operation's title says so.

import { compareReleases, isSet, profileFor, type Config, type Release } from '../regions/release';
import { structSize } from '../allocators/registry';
import type { Operation } from '../allocators/ukalloc';
import type { BootInput } from './operation';
import { VMA_SIZE } from './paging';

/** One allocation that the kernel makes for itself. */
export interface AfterCall {
  readonly operation: Operation;
  readonly caller: string;
  /** What it is for. */
  readonly what: string;
  /** Does the size depend on the image, so that it is an assumption? */
  readonly assumed: boolean;
  /** What the boot says when it fails; it stops then. */
  readonly crash?: string;
}

/** Sizes that depend on the image: as seen in real builds of that release and architecture. */
interface ImageSizes {
  readonly from: Release;
  readonly tls: { readonly x86_64: number; readonly arm64: number };
  /** struct schedcoop. */
  readonly scheduler: number;
  /** TLS and context of the idle thread, and its struct uk_thread. */
  readonly threadTls: { readonly x86_64: number; readonly arm64: number };
  readonly thread: { readonly x86_64: number; readonly arm64: number };
}

const SIZES: readonly ImageSizes[] = [
  {
    from: '0.14.0',
    tls: { x86_64: 16, arm64: 20 },
    scheduler: 360,
    threadTls: { x86_64: 544, arm64: 36 },
    thread: { x86_64: 712, arm64: 224 },
  },
  {
    from: '0.16.0',
    tls: { x86_64: 16, arm64: 20 },
    scheduler: 400,
    threadTls: { x86_64: 912, arm64: 36 },
    thread: { x86_64: 1104, arm64: 224 },
  },
];

const TLS_ALIGN = { x86_64: 32, arm64: 16 } as const;
const STACK_ALIGN = 16n;

/** The calls in their order; empty for releases whose sequence is not described. */
export function afterHeapInit(input: Pick<BootInput, 'options' | 'allocator'>, vmem: boolean): AfterCall[] {
  const calls = allocations(input, vmem);
  if (input.allocator.id !== 'mimalloc' || calls.length === 0) return calls;
  // mimalloc leaves its early mode in the first malloc after the main thread has become ready, which is after all these.
  return [thread(false), ...calls, thread(true)];
}

function thread(ready: boolean): AfterCall {
  return {
    operation: { op: 'direct', fn: 'early', args: [ready ? 0n : 1n] },
    caller: 'uk_thread_current',
    what: ready ? 'the main thread is ready' : 'no thread is ready yet',
    assumed: false,
  };
}

function allocations(input: Pick<BootInput, 'options'>, vmem: boolean): AfterCall[] {
  const { release, arch, config } = input.options;
  const sizes = profileFor(SIZES, release);
  if (sizes === undefined) return compareReleases(release, '0.11.0') < 0 ? [] : [tls(16, TLS_ALIGN[arch])];
  const stackAllocators = compareReleases(release, '0.17.0') >= 0;
  const calls: AfterCall[] = [];
  if (stackAllocators) {
    // struct uk_allocstack: a struct uk_alloc and the parent; with ukvmem also the address space and the premapped length.
    const size = structSize(input.options) + 8 + (vmem ? 16 : 0);
    calls.push(own('malloc', size, 'stack allocator', 'uk_allocstack_init', 'Could not initialize stack allocator'));
    calls.push(
      own('malloc', size, 'auxiliary stack allocator', 'uk_allocstack_init', 'Could not initialize auxiliary stack allocator'),
    );
  }
  calls.push(tls(sizes.tls[arch], TLS_ALIGN[arch]));
  const auxStack = stackAllocators
    ? stack(vmem, stackBytes(config, 'CONFIG_AUXSTACK_SIZE_PAGE_ORDER'), arch === 'x86_64' ? 64n : STACK_ALIGN, 'auxiliary stack')
    : own16(release, config);
  if (auxStack !== undefined) calls.push(auxStack);
  if (!isSet(config, 'CONFIG_LIBUKBOOT_INITSCHEDCOOP') && !isSet(config, 'CONFIG_LIBUKSCHEDCOOP')) return calls;

  calls.push({
    operation: { op: 'calloc', id: 0, nmemb: 1n, size: BigInt(sizes.scheduler) },
    caller: 'uk_schedcoop_create',
    what: 'cooperative scheduler',
    assumed: true,
  });
  if (stackAllocators) calls.push({ ...auxStack!, what: "idle thread's auxiliary stack" });
  calls.push(stack(vmem, stackBytes(config, 'CONFIG_STACK_SIZE_PAGE_ORDER'), STACK_ALIGN, "idle thread's stack"));
  calls.push({
    ...tls(sizes.threadTls[arch], TLS_ALIGN[arch]),
    caller: '_uk_thread_struct_init_alloc',
    what: "idle thread's TLS",
  });
  calls.push({
    operation: { op: 'malloc', id: 0, size: BigInt(sizes.thread[arch]) },
    caller: 'uk_thread_create_bare',
    what: 'struct uk_thread of the idle thread',
    assumed: true,
  });
  return calls;
}

function stackBytes(config: Config, symbol: string): bigint {
  const order = Number(config[symbol] ?? 4);
  return 4096n << BigInt(Number.isInteger(order) && order >= 0 && order < 20 ? order : 4);
}

function own(op: 'malloc', size: number, what: string, caller: string, crash: string): AfterCall {
  return { operation: { op, id: 0, size: BigInt(size) }, caller, what, assumed: false, crash };
}

function tls(size: number, align: number): AfterCall {
  return {
    operation: { op: 'memalign', id: 0, align: BigInt(align), size: BigInt(size) },
    caller: 'ukplat_entry',
    what: 'TLS area',
    assumed: true,
    crash: 'Failed to allocate and initialize TLS',
  };
}

/** A stack: memalign, or with ukvmem a mapping whose struct uk_vma is all that the heap gives. */
function stack(vmem: boolean, size: bigint, align: bigint, what: string): AfterCall {
  if (vmem)
    return {
      operation: { op: 'malloc', id: 0, size: BigInt(VMA_SIZE) },
      caller: 'uk_vma_map',
      what: `VMA of the ${what}`,
      assumed: false,
    };
  return { operation: { op: 'memalign', id: 0, align, size }, caller: 'stack_memalign', what, assumed: false };
}

/** 0.16: the auxiliary stack comes from the default allocator; 0.16.0 takes it only without a scheduler. */
function own16(release: Release, config: Config): AfterCall | undefined {
  if (compareReleases(release, '0.16.0') < 0) return undefined;
  if (release === '0.16.0' && isSet(config, 'CONFIG_LIBUKSCHED')) return undefined;
  const call = stack(false, stackBytes(config, 'CONFIG_UKPLAT_AUXSP_PAGE_ORDER'), STACK_ALIGN, 'auxiliary stack');
  return { ...call, caller: 'ukplat_entry' };
}
