import type { Path, Problem } from './problems.ts'
import { renderPath } from './problems.ts'

export type Source = 'flag' | 'environment' | 'file'

/** Who set a value. */
export interface Origin {
  readonly source: Source
  /** The file, the flag (`--port`) or the environment variable. */
  readonly name: string
  readonly line?: number
  readonly column?: number
  /** Where the value stands in a file of a foreign format, which is not where it stands in ours. */
  readonly path?: Path
  /** Text that takes the type its schema asks for: of a flag, of a variable, or with references in it. */
  readonly untyped?: boolean
  /** The references the text was made of, such as `${HOST}`; what they gave may be secret. */
  readonly variables?: string
}

/** Where each value of a configuration came from. */
export class Origins {
  readonly #byPath = new Map<string, Origin>()

  set(path: Path, origin: Origin): void {
    this.#byPath.set(keyOf(path), origin)
  }

  /** Sets the origin of a value together with all that was in its place. */
  replace(path: Path, origin: Origin): void {
    const inside = `${keyOf(path)}\n`
    for (const key of this.#byPath.keys()) if (key.startsWith(inside)) this.#byPath.delete(key)
    this.set(path, origin)
  }

  /** The origin of a value; of what holds it where it has none of its own, as a missing key. */
  at(path: Path): Origin | undefined {
    return this.placed(path)?.origin
  }

  /** The origin of a value, and where the value stands in what it is from. */
  placed(path: Path): { readonly origin: Origin; readonly path: Path } | undefined {
    for (let length = path.length; length >= 0; length--) {
      const origin = this.#byPath.get(keyOf(path.slice(0, length)))
      if (origin) return { origin, path: origin.path ? [...origin.path, ...path.slice(length)] : path }
    }
    return undefined
  }

  problem(path: Path, message: string, hint?: string): Problem {
    const { origin, path: place = path } = this.placed(path) ?? {}
    return {
      file: origin?.name,
      line: origin?.line,
      column: origin?.column,
      path: renderPath(place),
      message,
      hint,
    }
  }
}

function keyOf(path: Path): string {
  return path.join('\n')
}
