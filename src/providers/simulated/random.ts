import { hash } from 'node:crypto'

/**
 * Creates a generator of numbers from 0 to below 1, the same for the same seed: 32-bit mixes of a counter with steps
 * of the golden ratio.
 */
export function randomFrom(seed: number | string): () => number {
  let state = typeof seed === 'number' ? seed : Number.parseInt(hash('sha256', seed).slice(0, 8), 16)
  return () => {
    state = (state + 0x9e37_79b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
