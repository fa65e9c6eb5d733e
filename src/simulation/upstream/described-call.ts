import type { Dispatcher } from 'undici'
import { emptyFrame, errorAnswer } from './answers.ts'
import type { Author } from './answers.ts'
import { factsOf } from './call-facts.ts'
import type { CallFacts } from './call-facts.ts'
import type { DescribedProvider, Fate } from './described-provider.ts'

/** Milliseconds until a machine refuses a connection. */
const refusalMs = 1

/** Longest time between two events of a stream: a model that writes slowly still writes. */
const silenceMs = 4_000

/** The errors of a transport for the faults that have no status. */
const faultCodes: Readonly<Record<string, string>> = {
  refused: 'ECONNREFUSED',
  reset: 'ECONNRESET',
  cut: 'ECONNRESET',
}

/** The facts of a request for the list of models. */
const check: CallFacts = { model: '', streams: false, promptTokens: 0, maxTokens: 0, choices: 1 }

/** One call to a described provider, and the controller that its handler gets. */
export class DescribedCall implements Dispatcher.DispatchController {
  readonly #provider: DescribedProvider
  readonly #facts: CallFacts
  readonly #handler: Dispatcher.DispatchHandler
  readonly #author: Author
  readonly #body: unknown
  #timer: NodeJS.Timeout | undefined
  #reason: Error | null = null
  #leave: (() => void) | undefined
  #isOver = false
  #paused = false
  /** The next part, if it is due while the reader is busy. */
  #due: (() => void) | undefined

  /** `body`: undefined for a request that asks for the list of models, which no quota counts. */
  constructor(
    provider: DescribedProvider,
    body: unknown,
    handler: Dispatcher.DispatchHandler,
    author: Author,
  ) {
    this.#provider = provider
    this.#body = body
    this.#facts = body === undefined ? check : factsOf(body)
    this.#handler = handler
    this.#author = author
  }

  get aborted(): boolean {
    return this.#reason !== null
  }

  get reason(): Error | null {
    return this.#reason
  }

  get paused(): boolean {
    return this.#paused
  }

  start(): void {
    this.#handler.onRequestStart?.(this, {})
    if (this.#isOver) return
    const fate = this.#facts === check ? this.#provider.fateOfCheck() : this.#provider.fateOf(this.#facts)
    if (!fate.answers) return this.#failLater(fate, fate.failure!)
    const { station } = this.#provider
    if (!station || this.#facts === check) return this.#work(fate)
    this.#leave = station.enter(() => this.#work(fate))
    if (!this.#leave) this.#failLater(fate, '503')
  }

  abort(reason: Error): void {
    if (this.#isOver) return
    this.#reason = reason
    this.#break(reason)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    const due = this.#due
    this.#due = undefined
    due?.()
  }

  #failLater({ firstMs, retryAfter }: Fate, failure: string): void {
    // A provider that hangs is left by whoever called it.
    if (failure === 'hang') return
    const code = faultCodes[failure]
    if (code !== undefined)
      return this.#wait(failure === 'refused' ? refusalMs : firstMs, () => this.#break(faultOf(code)))
    this.#wait(firstMs, () => {
      const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
      const status = Number(failure)
      // Garbage during an outage comes with the status of an answer.
      const [sent, body] = Number.isNaN(status) ? [200, garbage] : [status, errorAnswer(status)]
      this.#head(sent, 'application/json', headers)
      this.#data(body)
      this.#end()
    })
  }

  /** Sends the answer in its time. */
  #work(fate: Fate): void {
    if (this.#facts.streams) this.#wait(fate.firstMs, () => this.#beginStream(fate))
    else this.#wait(fate.firstMs + fate.restMs, () => this.#sendWhole(fate))
  }

  #sendWhole({ failure, tokens }: Pick<Fate, 'failure' | 'tokens'>): void {
    const text = failure === 'garbage' ? garbage : this.#author(this.#facts, tokens, this.#body).join('')
    this.#head(200, 'application/json')
    this.#data(failure === 'cut' ? text.slice(0, text.length >> 1) : text)
    if (failure === 'cut') this.#break(faultOf('ECONNRESET'))
    else this.#end()
  }

  #beginStream({ failure, tokens, restMs }: Fate): void {
    if (failure === 'garbage') return this.#sendWhole({ failure, tokens })
    const [first, ...rest] = this.#author(this.#facts, tokens, this.#body)
    this.#head(200, 'text/event-stream')
    this.#data(first!)
    const breaks = failure === 'cut'
    this.#sendParts(breaks ? rest.slice(0, rest.length >> 1) : rest, restMs / rest.length, breaks)
  }

  /** `leftMs`: the time until the next part, if that differs from the time between parts. */
  #sendParts([part, ...rest]: readonly string[], eachMs: number, breaks: boolean, leftMs = eachMs): void {
    if (this.#isOver) return
    if (leftMs > silenceMs)
      return this.#wait(silenceMs, () => {
        this.#data(emptyFrame(this.#facts))
        this.#sendParts(part === undefined ? rest : [part, ...rest], eachMs, breaks, leftMs - silenceMs)
      })
    this.#wait(leftMs, () => {
      if (part === undefined) return this.#break(faultOf('ECONNRESET'))
      this.#data(part)
      if (rest.length > 0 || breaks) this.#sendParts(rest, eachMs, breaks)
      else this.#end()
    })
  }

  #wait(milliseconds: number, next: () => void): void {
    this.#timer = setTimeout(() => {
      if (this.#paused) this.#due = next
      else next()
    }, milliseconds)
  }

  #head(status: number, type: string, headers: Record<string, string> = {}): void {
    if (!this.#isOver) this.#handler.onResponseStart?.(this, status, { 'content-type': type, ...headers }, '')
  }

  #data(text: string): void {
    if (!this.#isOver) this.#handler.onResponseData?.(this, Buffer.from(text))
  }

  #end(): void {
    if (!this.#finish()) return
    this.#handler.onResponseEnd?.(this, {})
  }

  #break(error: Error): void {
    if (!this.#finish()) return
    this.#handler.onResponseError?.(this, error)
  }

  #finish(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#leave?.()
    return true
  }
}

const garbage = '<html><body>A failure of the scenario</body></html>'

/** A fault of a connection that has carried calls before, as nearly all have: what it did not answer is sent again once. */
function faultOf(code: string): Error {
  return Object.assign(new Error(`a fault of the scenario: ${code}`), { code, requestsCarried: 2 })
}
