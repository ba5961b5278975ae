// A dump held against the simulation of its boot, as the panel shows it.

/** One field that differs. */
export interface HeldRow {
  readonly address: string;
  /** `struct uk_bbpalloc.nr_free_pages`; empty where no structure is known. */
  readonly name: string;
  readonly dump: string;
  readonly simulated: string;
  /** The simulated step that last wrote it, and what that did. */
  readonly step: string;
  readonly by: string;
  /** Why both may be right; empty for a real difference. */
  readonly expected: string;
}

export interface HeldView {
  /** Nothing differs. */
  readonly same: boolean;
  /** One sentence: at which step the dump stands, and whether the two are the same there. */
  readonly title: string;
  readonly lines: readonly string[];
  /** The earliest step whose bytes differ; empty when none does. */
  readonly first: string;
  readonly states: readonly { readonly where: string; readonly dump: string; readonly simulated: string }[];
  readonly rows: readonly HeldRow[];
}
