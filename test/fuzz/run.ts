import type { Filter } from './client/question.ts'
import type { Exchange } from './exchange.ts'
import type { Findings } from './findings.ts'
import type { Lab, Shares } from './lab.ts'

/** Exchanges between two checks of the whole server. */
const batchSize = 25

export interface RunOptions {
  readonly seed: number
  readonly filter: Filter
  readonly shares: Shares
  /** The number of the first exchange. */
  readonly from: number
  /** Milliseconds after which no further exchange begins. */
  readonly forMs: number
  /** Maximum number of exchanges. */
  readonly maximum: number
}

/** Makes exchanges until the time is up; returns their number. The faults are in `findings`. */
export async function fuzzFor(lab: Lab, options: RunOptions, findings: Findings): Promise<number> {
  const { seed, filter, shares, from, maximum } = options
  const end = performance.now() + options.forMs
  let batch: Exchange[] = []
  let number = from
  while (number < from + maximum && performance.now() < end) {
    const { exchange, violations } = await lab.fuzz(seed, number, filter, shares)
    findings.add(exchange, violations)
    batch.push(exchange)
    number += 1
    if (batch.length < batchSize) continue
    await checkBatch(lab, batch, findings)
    batch = []
  }
  await checkBatch(lab, batch, findings)
  return number - from
}

/** Checks the server; if something is wrong, finds the exchange of the batch that caused it. */
async function checkBatch(lab: Lab, batch: readonly Exchange[], findings: Findings): Promise<void> {
  const wrong = await lab.check()
  if (wrong.length === 0) return
  await lab.restart()
  for (const exchange of batch) {
    await lab.replay(exchange)
    const violations = await lab.check()
    if (violations.length === 0) continue
    findings.add(exchange, violations)
    await lab.restart()
    return
  }
  const [last] = batch.slice(-1)
  if (last) findings.add(last, wrong)
}
