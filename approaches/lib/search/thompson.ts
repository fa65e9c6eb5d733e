import { createHash } from 'node:crypto'

/** Numbers from 0 to below 1, the same for the same seed. */
export function randomFrom(seed: string): () => number {
  let count = 0
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32
}

/** Rewards of one arm, each from 0 to 1: a Beta distribution that begins even. */
export class Arm {
  #gains = 1
  #losses = 1

  /** Adds a reward. */
  record(reward: number): void {
    this.#gains += reward
    this.#losses += 1 - reward
  }

  /** Draws from the distribution of the arm's mean. */
  draw(random: () => number): number {
    const gain = drawGamma(this.#gains, random)
    return gain / (gain + drawGamma(this.#losses, random))
  }
}

/** Draws from a Gamma distribution with a shape of at least 1 (Marsaglia and Tsang 2000). */
function drawGamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  // Nineteen of twenty proposals are accepted, so that the limit is never met in practice.
  for (let attempt = 0; attempt < 100; attempt++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(1 - random()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
  return d
}
