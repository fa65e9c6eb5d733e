import { callColumns, requestColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { dayMs, UsageDelta } from '../usage/usage-delta.ts'
import { cleanValues } from './clean.ts'

/** Numbers that a batch has for its requests; no batch has as many. */
export const blockSize = 1_000

const placeOfTime = requestColumns.indexOf('at')

/** A batch of encoded entries that is to be written. */
export class WriteBatch {
  readonly count: number
  readonly values: readonly Value[]
  /** The days on which its requests started, numbered from 1970. */
  readonly days: ReadonlySet<number>
  /** Its numbers, once they are drawn; a second attempt keeps them, and so finds what the first has written. */
  block: number | undefined
  /** Whether an attempt to write it has failed in a way that may have written it. */
  isInDoubt = false

  constructor(values: readonly Value[], count: number) {
    this.values = cleanValues(values)
    this.count = count
    const days = new Set<number>()
    this.#walk(
      request => days.add(Math.floor(this.#timeAt(request) / dayMs)),
      () => {},
    )
    this.days = days
  }

  /** The start of its first request. */
  get firstTime(): number {
    return this.#timeAt(0)
  }

  /** Appends its rows to those of other batches. */
  addTo({ requests, calls, usage }: { requests: Value[][]; calls: Value[][]; usage: UsageDelta }): void {
    let seq = Number(this.block) * blockSize - 1
    this.#walk(
      request => {
        seq++
        requests.push([seq, ...this.values.slice(request, request + requestColumns.length)])
        usage.addRequest(this.values, request)
      },
      (request, call) => {
        calls.push([this.#timeAt(request), seq, ...this.values.slice(call, call + callColumns.length)])
        usage.addCall(this.values, request, call)
      },
    )
  }

  #timeAt(request: number): number {
    return Number(this.values[request + placeOfTime])
  }

  /** Visits each request and each call, by the indexes at which they begin. */
  #walk(onRequest: (request: number) => void, onCall: (request: number, call: number) => void): void {
    for (let at = 0; at < this.values.length;) {
      const request = at
      onRequest(request)
      at += requestColumns.length
      const calls = Number(this.values[at++])
      for (let index = 0; index < calls; index++, at += callColumns.length) onCall(request, at)
    }
  }
}
