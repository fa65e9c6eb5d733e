/** Environment variables, in the shape of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Interpolated {
  readonly text: string
  /** Whether the text contained a reference. */
  readonly changed: boolean
  /** Problems with the references, one sentence each; if there are any, the text is meaningless. */
  readonly faults: readonly string[]
  /** Whether the faults are no more than variables that are not set. */
  readonly isUnset: boolean
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Replaces `${NAME}` and `${NAME:-default}` in one pass: the value of a variable is never expanded again. As in a shell,
 * the default also replaces an empty variable. Names and defaults may contain references themselves, `$$` is a dollar
 * sign, and a dollar sign before anything else is literal.
 */
export function interpolate(text: string, environment: Environment): Interpolated {
  if (!text.includes('$')) return { text, changed: false, faults: [], isUnset: false }
  return new Interpolation(text, environment).run()
}

/** A recursive descent over one text. */
class Interpolation {
  readonly #text: string
  readonly #environment: Environment
  readonly #faults: string[] = []
  #unset = 0
  #at = 0
  #changed = false
  /** Above 0 inside a default that is not used: its variables need not be set. */
  #unused = 0

  constructor(text: string, environment: Environment) {
    this.#text = text
    this.#environment = environment
  }

  run(): Interpolated {
    const text = this.#until(() => false)
    const isUnset = this.#unset > 0 && this.#unset === this.#faults.length
    return { text, changed: this.#changed, faults: this.#faults, isUnset }
  }

  /** Reads up to the point at which `ends` holds, or to the end of the text. */
  #until(ends: () => boolean): string {
    let result = ''
    while (this.#at < this.#text.length && !ends()) {
      if (this.#sees('$$')) {
        result += '$'
        this.#at += 2
      } else if (this.#sees('${')) {
        result += this.#reference()
      } else {
        result += this.#text[this.#at++]
      }
    }
    return result
  }

  #reference(): string {
    this.#changed = true
    this.#at += 2
    const name = this.#until(() => this.#sees('}') || this.#sees(':-')).trim()
    const found = Object.hasOwn(this.#environment, name) ? this.#environment[name] : undefined
    const value = found ?? ''
    let fallback: string | undefined
    if (this.#sees(':-')) fallback = this.#default(value !== '')
    if (!this.#sees('}')) {
      this.#fault('a reference that starts with "${" has no closing "}"')
      return ''
    }
    this.#at++
    if (!variableName.test(name)) {
      this.#fault('invalid reference; write ${NAME} or ${NAME:-default}, and $$ for a dollar sign')
      return ''
    }
    if (found === undefined && fallback === undefined) {
      this.#fault(`the environment variable ${name} is not set; set it, or write \${${name}:-default}`)
      if (this.#unused === 0) this.#unset++
    }
    return value || (fallback ?? '')
  }

  #default(isUnused: boolean): string {
    this.#at += 2
    if (isUnused) this.#unused++
    const text = this.#until(() => this.#sees('}'))
    if (isUnused) this.#unused--
    return text
  }

  #sees(token: string): boolean {
    return this.#text.startsWith(token, this.#at)
  }

  #fault(sentence: string): void {
    if (this.#unused === 0) this.#faults.push(sentence)
  }
}
