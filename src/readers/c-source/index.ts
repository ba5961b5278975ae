// C sources: region descriptors where platform code fills them.
//
//   text ─► scan ──────────► items ─────────► choices ──────────► parser ─► initializer ───► variants ─► reader ─► RegionMap
//           blanks comments  top-level items  one reading for     @lezer/   function-body    readings    eras,
//           and directives;  that may hold a  each combination    cpp       (object, worlds) laid over   widths,
//           offsets stay     descriptor       of open #if arms              ─► drafts        each other  problems
//             │ directives                       ▲
//             ▼                                  │ which arms          values: tokens ─► macros ─► expression ─► arithmetic
//           preprocessor (configuration, #define, #if) ───────────────► what a name stands for, at its place
//
// What the parts promise each other:
//
// - An offset is an offset in the original text, everywhere: nothing is cut out, only blanked. So every descriptor and every field
//   has the exact range that a hover needs. (What a macro makes stands where the macro is called.)
// - The parser is for structure. Values are read from the text by macro replacement and C's integer arithmetic, since a parser knows
//   neither macros nor types.
// - Nothing is guessed. A value that hangs on a variable, a linker symbol or a call has none, and a problem says why. A release or
//   the order of positional values may have to be assumed; a problem says that as well.
// - A field never has two values. Where an open #if, or an `if` between the assignments, makes a difference, there is a descriptor for
//   each case, with its condition. Conditions that the configuration decides are decided.
// - Members that an initialiser does not mention are 0, as in C: such a field has a value and no place. Members that a sequence of
//   assignments to an object of unknown contents leaves out are absent.
// - Every walk is bounded, in depth and in number, because the text may be anything; where a bound is met, a problem says so.
//
// Forms were taken from plat/ and drivers/ of releases 0.2 to 0.17: initialisers of arrays and structs, compound literals as arguments
// of ukplat_memregion_list_insert(), the switch of ukplat_memregion_get(), and descriptors filled field by field.

export { looksLikeC } from './detect';
export { readCSource } from './reader';
export type { CContext } from './source';
