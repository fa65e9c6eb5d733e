/** USD with the digits that matter, such as `$12.50` or `$0.00016`; a dash if it is unknown. */
export function shownUsd(usd: number | null): string {
  if (usd === null) return '-'
  if (usd === 0 || usd >= 1) return `$${usd.toFixed(2)}`
  return `$${Number(usd.toPrecision(2)).toFixed(Math.min(10, 1 - Math.floor(Math.log10(usd))))}`
}
