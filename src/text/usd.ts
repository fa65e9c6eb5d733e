/** USD as a decimal number without an exponent, to the tenth decimal. */
export function decimalUsd(usd: number): string {
  return usd.toFixed(10).replace(/\.?0+$/, '')
}

/** USD for people: cents for dollars, and two significant digits below a dollar. */
export function shortUsd(usd: number): string {
  return usd >= 1 ? usd.toFixed(2) : decimalUsd(Number(usd.toPrecision(2)))
}
