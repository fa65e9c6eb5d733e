/** Numbers from 0 to 1 (exclusive), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e37_79b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** The probability of each number of successes in `n` tries, from none to all. */
export function binomial(n: number, p: number): readonly number[] {
  const chances = [1]
  for (let tries = 0; tries < n; tries++) {
    chances.push(0)
    for (let at = chances.length - 1; at >= 0; at--) {
      chances[at] = chances[at]! * (1 - p) + (chances[at - 1] ?? 0) * p
    }
  }
  return chances
}

/** The mean of a score that depends on the number of successes. */
export function expected(n: number, p: number, score: (successes: number) => number): number {
  return binomial(n, p).reduce((sum, chance, successes) => sum + chance * score(successes), 0)
}

/** Five standard errors of a share of `trials`: a larger difference is not a coincidence. */
export function margin(share: number, trials: number): number {
  return 5 * Math.sqrt((share * (1 - share)) / trials)
}

/** The share of `trials` that succeed. */
export async function shareOf(
  trials: number,
  succeeds: (trial: number) => Promise<boolean>,
): Promise<number> {
  let successes = 0
  for (let trial = 0; trial < trials; trial++) if (await succeeds(trial)) successes++
  return successes / trials
}
