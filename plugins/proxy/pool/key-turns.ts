import { hash } from 'node:crypto'
import type { KeyTurn } from '../state/key-ring.ts'

/** Turns of which nobody remembers the keys are forgotten beyond this number, which no configuration reaches by itself. */
const maxTurns = 1024

/**
 * The turns of services: endpoints with the same list of keys belong to one service, and each call takes its next key,
 * whatever endpoint the call goes to.
 */
export class KeyTurns {
  readonly #turns = new Map<string, KeyTurn>()

  /** The turn of the service with these keys. */
  of(keys: readonly string[]): KeyTurn {
    const id = hash('sha256', JSON.stringify(keys))
    const present = this.#turns.get(id)
    if (present) return present
    if (this.#turns.size >= maxTurns) this.#turns.clear()
    const turn = { next: 0 }
    this.#turns.set(id, turn)
    return turn
  }
}
