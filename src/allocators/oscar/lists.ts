// Doubly linked lists in memory (include/uk/list.h): an empty list's head points at itself.

import type { SimMemory } from '../../memory/sim-memory';
import { ListHead } from './layout';

const PREV = ListHead.prev;

/** `UK_INIT_LIST_HEAD`, `UK_LIST_HEAD_INIT`. */
export function initList(mem: SimMemory, head: number): void {
  mem.setPtr(head, head);
  mem.setPtr(head + PREV, head);
}

/** `uk_list_add`: right behind `head`. */
export function listAdd(mem: SimMemory, entry: number, head: number): void {
  link(mem, entry, head, mem.ptr(head));
}

/** `uk_list_add_tail`: right before `head`. */
export function listAddTail(mem: SimMemory, entry: number, head: number): void {
  link(mem, entry, mem.ptr(head + PREV), head);
}

/** `uk_list_del`: the entry keeps its links. */
export function listDel(mem: SimMemory, entry: number): void {
  const next = mem.ptr(entry);
  const prev = mem.ptr(entry + PREV);
  mem.setPtr(next + PREV, prev);
  mem.setPtr(prev, next);
}

export function isListEmpty(mem: SimMemory, head: number): boolean {
  return mem.ptr(head) === head;
}

function link(mem: SimMemory, entry: number, prev: number, next: number): void {
  mem.setPtr(next + PREV, entry);
  mem.setPtr(entry, next);
  mem.setPtr(entry + PREV, prev);
  mem.setPtr(prev, entry);
}
