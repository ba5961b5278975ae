// What every part of the reader needs of the code that it walks over.

import type { Era } from '../../regions/descriptor';
import type { Declarations } from './declarations';
import type { Values } from './draft';

/** The parsed code: nodes count from `base`. */
export interface Parsed {
  readonly base: number;
  readonly values: Values;
  readonly declarations: Declarations;
  /** The era that the release or the file's designators say; undefined when nothing does. */
  readonly era: Era | undefined;
  /** Set while a macro's replacement is read: everything in it stands where the macro does. */
  readonly place?: { readonly from: number; readonly to: number };
}
