// Why an allocator's row in the comparison is as it is: what happened in its run, most telling first. Nothing is said of an allocator in
// general, which may be wrong for this run.

import type { WhatIf } from '../../timeline/what-if';
import { bytesText, counted, countText, percentText, sizeText } from '../numbers';

/** Clauses of one row. */
const MOST = 3;
/** Shares from which on something is worth a word. */
const MUCH_SLACK = 0.1;
const MUCH_OVERHEAD = 0.02;
const SPLIT = 0.5;

export function whyRow(row: WhatIf): string {
  const all = [stopped(row), refused(row), lost(row), kept(row), slack(row), largest(row), overhead(row)].filter((t) => t !== '');
  return all.length > 0 ? all.slice(0, MOST).join(' · ') : 'no region lost, no call refused, little slack';
}

function stopped({ outcome }: WhatIf): string {
  return outcome?.kind === 'stopped' ? `the kernel stops: ${outcome.message}` : '';
}

function refused({ facts }: WhatIf): string {
  return facts?.refusal === undefined ? '' : `${facts.refusal.call} is refused: ${clause(facts.refusal.answer)}`;
}

function lost({ facts }: WhatIf): string {
  const [first, ...others] = facts?.lost ?? [];
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : `, and ${counted(others.length, 'more region')} not either`;
  return `${first.reason.replace(/^Lost: /, '').replace(/\.$/, '')}${more}`;
}

/** Frees that gave nothing back. */
function kept({ facts }: WhatIf): string {
  const frees = facts?.frees;
  if (frees === undefined || frees.count === 0 || frees.bytes > 0) return '';
  return frees.count === 1 ? 'the one free gave nothing back' : `${countText(frees.count)} frees gave nothing back`;
}

function slack({ atEnd, facts }: WhatIf): string {
  if (atEnd === undefined || atEnd.slack <= 0 || atEnd.used <= 0) return '';
  const share = atEnd.slack / atEnd.used;
  if (share < MUCH_SLACK) return '';
  const head = facts?.powers === true ? 'each used block is a power of two of pages: ' : '';
  return `${head}${percentText(share)} of what is used is slack`;
}

/** The largest malloc against what is free, where it is much less. */
function largest({ afterBoot, largest: tried }: WhatIf): string {
  if (afterBoot === undefined || afterBoot.free <= 0 || tried === undefined || tried >= afterBoot.free * SPLIT) return '';
  if (tried === 0) return `no malloc works, with ${sizeText(afterBoot.free)} free`;
  const { freeBlocks, largestFree } = afterBoot;
  if (freeBlocks < 2 || largestFree < tried)
    return `the largest malloc is ${bytesText(tried)} of ${sizeText(afterBoot.free)} free`;
  return `what is free after the boot lies in ${countText(freeBlocks)} pieces, the largest ${sizeText(largestFree)}`;
}

function overhead({ atEnd, areas }: WhatIf): string {
  const total = areas.reduce((sum, a) => sum + Number(a.end - a.base), 0);
  if (atEnd === undefined || total === 0 || atEnd.overhead < total * MUCH_OVERHEAD) return '';
  return `own structures take ${sizeText(atEnd.overhead)} of ${sizeText(total)}`;
}

/** An answer as the end of a sentence. */
function clause(answer: string): string {
  const first = answer.split(/(?<=\.) (?=[A-Z])/)[0]!.replace(/\.$/, '');
  return /^[A-Z][a-z]/.test(first) ? first[0]!.toLowerCase() + first.slice(1) : first;
}
