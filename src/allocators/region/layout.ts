// struct uk_allocregion (lib/ukallocregion/region.c): two words after the struct uk_alloc. There are no headers in the heap, and
// the two words are byte addresses that need not be aligned.
//
//   0.5 … 0.19   base                     heap_base moves up →                    heap_top = base + len
//                +----------+-------------+---------------+---------------------------+
//                | uk_alloc | two words   | given out     | free                      |
//                +----------+-------------+---------------+---------------------------+
//   0.20+        base                     heap_base fixed        ← heap_pos moves down      base + len
//                +----------+-------------+---------------+---------------------------+
//                | uk_alloc | two words   | free          | given out                 |
//                +----------+-------------+---------------+---------------------------+

export const Upward = { heap_top: 0, heap_base: 8, size: 16 } as const;

export const Downward = { heap_pos: 0, heap_base: 8, size: 16 } as const;
