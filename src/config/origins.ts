import type { Path, Problem } from './problems.ts'
import { renderPath } from './problems.ts'

/** The kind of place a value was set in. */
export type Source = 'flag' | 'environment' | 'file'

/** The place a value was set in. */
export interface Origin {
  readonly source: Source
  /** The file, the flag (`--port`) or the environment variable. */
  readonly name: string
  readonly line?: number
  readonly column?: number
  /** The path of the value in a file of a foreign format, if that differs from the path in ours. */
  readonly path?: Path
  /** Set for text that is converted to the type of its schema: of a flag, of a variable, or with references in it. */
  readonly untyped?: boolean
  /** The references in the original text, such as `${HOST}`; their values may be secret. */
  readonly variables?: string
}

/** Records where each value of a configuration was set. */
export class Origins {
  readonly #byPath = new Map<string, Origin>()

  set(path: Path, origin: Origin): void {
    this.#byPath.set(keyOf(path), origin)
  }

  /** Sets the origin of a value and forgets the origins of everything inside the one it replaces. */
  replace(path: Path, origin: Origin): void {
    const inside = `${keyOf(path)}\n`
    for (const key of this.#byPath.keys()) if (key.startsWith(inside)) this.#byPath.delete(key)
    this.set(path, origin)
  }

  /** The origin of a value; if it has none of its own, as with a missing key, that of the closest value around it. */
  at(path: Path): Origin | undefined {
    return this.locate(path)?.origin
  }

  /** The origin of a value, and the path of the value there. */
  locate(path: Path): { readonly origin: Origin; readonly path: Path } | undefined {
    for (let length = path.length; length >= 0; length--) {
      const origin = this.#byPath.get(keyOf(path.slice(0, length)))
      if (origin) return { origin, path: origin.path ? [...origin.path, ...path.slice(length)] : path }
    }
    return undefined
  }

  /** A problem with the value at `path`, located where the value was set. */
  problem(path: Path, message: string, hint?: string): Problem {
    const { origin, path: place = path } = this.locate(path) ?? {}
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
