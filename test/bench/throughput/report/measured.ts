import type { Burst, Measured } from '../../../../bench/throughput/loads/bursts.ts'

const saturated: Burst = {
  requests: 2000,
  perSecond: 1000,
  cpuMicroseconds: 990,
  serverShare: 0.99,
  idleShare: 0,
  loadShare: 0.4,
  p50Ms: 1,
  p99Ms: 2,
}

/** A server with bursts that are saturated unless they say otherwise. */
export function measured(name: string, ...bursts: readonly Partial<Burst>[]): Measured {
  return { name, commit: undefined, calls: 1, bursts: bursts.map(burst => ({ ...saturated, ...burst })) }
}

/** The cells of one server's row. */
export function rowOf(name: string, text: string): string[] | undefined {
  const rows = text.split('\n').map(line => line.split('|').map(cell => cell.trim()))
  return rows.find(cells => cells[1] === name)?.slice(2, -1)
}
