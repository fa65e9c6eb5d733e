import type { Conversion } from './conversion.ts'
import type { ForeignMapping } from './foreign-mapping.ts'

/** The format of another program's configuration file. */
export interface Format {
  /** Its name in `--config-format`. */
  readonly name: string
  /** The program and file it belongs to. */
  readonly summary: string
  /** Whether a file with these keys has the format. */
  readonly matches: (keys: ReadonlySet<string>) => boolean
  /**
   * Converts `theirs` into `ours`. Values are carried over unchecked, because the schema reports invalid ones; keys that
   * are never read become notes.
   */
  readonly convert: (theirs: ForeignMapping, ours: Conversion) => void
}
