/** The growth of a quantity per step, by least squares over all of its figures; 0 for fewer than two. */
export function growthPerStep(figures: readonly number[]): number {
  const count = figures.length
  if (count < 2) return 0
  const middle = (count - 1) / 2
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / count
  let products = 0
  let squares = 0
  for (const [step, figure] of figures.entries()) {
    products += (step - middle) * (figure - mean)
    squares += (step - middle) ** 2
  }
  return products / squares
}

/** The percentile of figures at `share`, from 0 to 1; 0 without figures. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
