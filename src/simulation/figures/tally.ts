import type { AttemptReport, MeterReading } from '../../contract/index.ts'
import { Samples } from './samples.ts'

/** The counts of a provider. */
export interface ProviderTally {
  /** Attempts, probes and hedges included. */
  attempts: number
  /** Those that were the first of their call, which the strategy shared out. */
  first: number
  ok: number
  /** Attempts that were left because another provider was faster. */
  outpaced: number
  /** Those that were made beside another one that was slow to begin. */
  hedges: number
  /** Failed attempts by the code of the error. */
  readonly failures: Map<string, number>
  /** Failed attempts with status 429. */
  limited: number
  readonly headMs: Samples
  tokens: number
  usd: number
  /** Whether the price of an attempt was not known. */
  unpriced: boolean
}

/** The end of a request. */
export interface RequestEnd {
  /** Undefined if it was answered. */
  readonly failure: string | undefined
  /** Milliseconds to the answer, or to its first content if it is streamed. */
  readonly firstMs: number
  readonly totalMs: number
  /** Undefined if it was refused before anything was called. */
  readonly meter: MeterReading | undefined
}

/** Why an attempt is not the first of its call. */
const later = / after \d+ failed$|^(?:retry|another key|hedge)$/

/** Counts what happens in a simulation. */
export class Tally {
  readonly providers = new Map<string, ProviderTally>()
  readonly failures = new Map<string, number>()
  readonly firstMs = new Samples()
  readonly totalMs = new Samples()
  /** Milliseconds that each call waited before it was sent, or given up. */
  readonly waitMs = new Samples()
  begun = 0
  answered = 0
  usd = 0
  wastedUsd = 0
  running = 0
  mostRunning = 0

  begin(): void {
    this.begun += 1
    this.running += 1
    this.mostRunning = Math.max(this.mostRunning, this.running)
  }

  end({ failure, firstMs, totalMs, meter }: RequestEnd): void {
    this.running -= 1
    const { usd, wasted_usd: wasted } = meter?.cost ?? {}
    this.wastedUsd += (failure === undefined ? wasted : usd) ?? 0
    if (failure !== undefined) return increase(this.failures, failure)
    this.answered += 1
    this.firstMs.add(firstMs)
    this.totalMs.add(totalMs)
  }

  attempt({ provider, outcome, status, reason, headMs, usage, cost }: AttemptReport): void {
    const tally = this.#providerOf(provider)
    tally.attempts += 1
    if (!later.test(reason)) tally.first += 1
    if (reason === 'hedge') tally.hedges += 1
    if (outcome === 'ok') tally.ok += 1
    else if (outcome === 'outpaced') tally.outpaced += 1
    else increase(tally.failures, outcome)
    if (outcome === 'ok') tally.headMs.add(headMs)
    if (status === 429) tally.limited += 1
    tally.tokens += usage?.total_tokens ?? 0
    if (!cost) return
    if (cost.usd === null) tally.unpriced = true
    tally.usd += cost.usd ?? 0
    this.usd += cost.usd ?? 0
  }

  #providerOf(name: string): ProviderTally {
    let tally = this.providers.get(name)
    if (!tally) {
      tally = {
        attempts: 0,
        first: 0,
        ok: 0,
        outpaced: 0,
        hedges: 0,
        failures: new Map(),
        limited: 0,
        headMs: new Samples(),
        tokens: 0,
        usd: 0,
        unpriced: false,
      }
      this.providers.set(name, tally)
    }
    return tally
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
