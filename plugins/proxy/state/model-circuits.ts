import { Circuit } from './circuit.ts'
import type { Pauses } from './circuit.ts'
import { FailureCount } from './failure-count.ts'
import type { FailedCall } from './failure-count.ts'
import type { CircuitNotice } from './notice-format.ts'
import { makeRoom } from './rests.ts'

/** The part of an attempt that its breaker needs. */
export interface BreakerTrial extends FailedCall {
  /** The scope of its verdict: the model, or an endpoint other than that of chats, with its model. */
  readonly target: string
  readonly probe: boolean
}

interface ModelCircuit {
  readonly circuit: Circuit
  readonly failures: FailureCount
}

/**
 * One circuit for each model of a provider that has failed, opened by counts; endpoints other than that of chats have their
 * own. Times are given by the caller.
 */
export class ModelCircuits {
  readonly #models = new Map<string, ModelCircuit>()

  admits(model: string, now: number): 'yes' | 'probe' | 'no' {
    // Most providers never fail.
    if (this.#models.size === 0) return 'yes'
    return this.#models.get(model)?.circuit.admits(now) ?? 'yes'
  }

  /** The end of the model's pause; 0 if it has none. */
  openUntil(model: string): number {
    return this.#models.get(model)?.circuit.openUntil ?? 0
  }

  get anyOpen(): boolean {
    return this.#open.length > 0
  }

  /** The end of the first pause; undefined if no circuit is open. */
  get soonest(): number | undefined {
    const open = this.#open
    return open.length === 0 ? undefined : Math.min(...open.map(circuit => circuit.openUntil))
  }

  beginProbe(model: string): void {
    const circuit = this.#models.get(model)?.circuit
    if (circuit?.isOpen) circuit.beginProbe()
  }

  endProbe(model: string): void {
    this.#models.get(model)?.circuit.endProbe()
  }

  /** Ends the pauses, so that each model gets a probe. Returns whether there were any. */
  allowProbes(now: number): boolean {
    for (const circuit of this.#open) circuit.allowProbe(now)
    return this.anyOpen
  }

  /** Records the success of an attempt that began at `beganAt`. Returns whether it has brought the model back. */
  succeeded(model: string, now: number, beganAt: number): boolean {
    const entry = this.#models.size === 0 ? undefined : this.#models.get(model)
    if (!entry || entry.circuit.hasOpenedSince(beganAt)) return false
    if (entry.circuit.isOpen) entry.failures.reset()
    entry.failures.succeeded(now)
    return entry.circuit.close()
  }

  /** Counts a failure. Returns whether the model is out because of it. */
  failed(trial: BreakerTrial, threshold: number, pauses: Pauses, now: number): boolean {
    const { circuit, failures } = this.#of(trial.target)
    failures.failed(trial, now)
    const opens = circuit.isOpen ? trial.probe : failures.isTooHigh(threshold, now)
    if (opens) circuit.open('counted', pauses, now)
    return opens
  }

  /** The circuits for other servers. */
  notice(now: number): Record<string, CircuitNotice> {
    return Object.fromEntries([...this.#models].map(([model, { circuit }]) => [model, circuit.notice(now)]))
  }

  /** Adopts the circuits of another server. */
  adopt(notices: Readonly<Record<string, CircuitNotice>>, now: number): void {
    for (const [model, notice] of Object.entries(notices)) {
      if (notice.cause === undefined && !this.#models.has(model)) continue
      const { circuit, failures } = this.#of(model)
      if (notice.cause === undefined && circuit.isOpen) failures.reset()
      circuit.adopt(notice, now)
    }
  }

  get #open(): readonly Circuit[] {
    if (this.#models.size === 0) return []
    return [...this.#models.values()].map(({ circuit }) => circuit).filter(circuit => circuit.isOpen)
  }

  /** The model's circuit, a closed one at first. See `makeRoom` for those that are forgotten. */
  #of(model: string): ModelCircuit {
    const present = this.#models.get(model)
    if (present) return present
    makeRoom(this.#models, model)
    const entry = { circuit: new Circuit(), failures: new FailureCount() }
    this.#models.set(model, entry)
    return entry
  }
}
