import { statSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createContext, Script } from 'node:vm'
import { hiderOf } from '../../text/hide-secrets.ts'
import { withoutMargin } from '../../text/text-part.ts'
import type { CutPart, TextPart } from '../../text/text-part.ts'
import { patternsOf } from './patterns.ts'
import type { Replacement } from './patterns.ts'
import type { TextSettings } from './settings.ts'

/** Milliseconds in which a prompt or an answer has to be redacted. */
const maxMs = 500

/** The default export of a module that redacts: returns the text to keep. */
export type RedactText = (text: string, part: Readonly<Omit<TextPart, 'text'>>) => unknown

/** Leaves secrets, and all that the operator names, out of texts. */
export class Redactor {
  readonly #hideSecrets: (text: string) => string
  readonly #patterns: readonly Replacement[]
  readonly #hook: RedactText | undefined
  readonly #guarded = new Script('work()')
  readonly #sandbox = createContext({ work: () => {} })
  /** Why a text was not kept at all, if that has happened. It never quotes the text. */
  failure: string | undefined

  private constructor({ secrets, redact }: TextSettings, hook: RedactText | undefined) {
    this.#hideSecrets = hiderOf(secrets)
    this.#patterns = patternsOf(redact)
    this.#hook = hook
  }

  /** Loads the module of the operator, if there is one. Throws if it has no function as its default export. */
  static async load(settings: TextSettings): Promise<Redactor> {
    const { redactWith: path } = settings
    if (path === undefined) return new Redactor(settings, undefined)
    // An edited module is loaded again with the configuration.
    const address = `${pathToFileURL(path).href}?changed=${statSync(path).mtimeMs}`
    const { default: hook } = (await import(address)) as { readonly default?: unknown }
    if (typeof hook !== 'function') throw new Error('its default export is not a function')
    return new Redactor(settings, hook as RedactText)
  }

  /** The parts to keep. If they cannot be redacted, or not in time, nothing of them is kept but a part that says so. */
  redact(parts: readonly CutPart[]): TextPart[] {
    const hidden = parts.map(part => ({ ...part, text: this.#hideSecrets(part.text) }))
    if (this.#patterns.length === 0 && !this.#hook) return hidden.map(withoutMargin)
    try {
      return this.#inTime(() => hidden.map(part => withoutMargin({ ...part, text: this.#redactText(part) })))
    } catch (error) {
      this.failure = reasonOf(error)
      return [{ role: 'redaction', text: 'not kept: the redaction failed' }]
    }
  }

  #redactText({ text: before, cut: _cut, ...part }: CutPart): string {
    const text = this.#patterns.reduce(
      (rest, { pattern, replace }) => rest.replaceAll(pattern, replace),
      before,
    )
    if (!this.#hook) return text
    const redacted = this.#hook(text, part)
    if (typeof redacted === 'string') return redacted.toWellFormed()
    throw new HookResultError()
  }

  /** Runs code of the operator: a regular expression may take longer than the age of the universe. */
  #inTime<T>(work: () => T): T {
    this.#sandbox['work'] = work
    return this.#guarded.runInContext(this.#sandbox, { timeout: maxMs }) as T
  }
}

class HookResultError extends Error {}

/** The reason for a failure, without the words of an error that may quote a text. */
function reasonOf(error: unknown): string {
  if (error instanceof HookResultError) return 'the module of ledger.bodies.redact_with returned no text'
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
  if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return `a text took longer than ${maxMs} ms`
  return `the module of ledger.bodies.redact_with threw ${typeof name === 'string' ? name : 'something'}`
}
