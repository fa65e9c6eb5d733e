import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'

/** A configuration file that was written for another program. */
export interface Format {
  /** As `--config-format` says it. */
  readonly name: string
  /** Whose files these are. */
  readonly summary: string
  /** Whether the keys of a file tell that it is one. */
  readonly isOf: (keys: ReadonlySet<string>) => boolean
  /**
   * Says in `ours` what `theirs` says. Values are carried over unchecked, for the schema tells what is wrong with them;
   * keys it never asks for become notes.
   */
  readonly convert: (theirs: ForeignMapping, ours: Conversion) => void
}
