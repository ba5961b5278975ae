export const ALLOCATOR_IDS = ['bbuddy', 'region', 'tlsf', 'tinyalloc', 'mimalloc', 'oscar'] as const;

/** The allocators that this tool knows, by the names that files and the command line use. */
export type AllocatorId = (typeof ALLOCATOR_IDS)[number];

export function isAllocatorId(text: string): text is AllocatorId {
  return (ALLOCATOR_IDS as readonly string[]).includes(text);
}
