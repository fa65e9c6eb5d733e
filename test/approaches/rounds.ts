import type { Asked, Scripted } from './model.ts'

/** The cost of a run: calls, with each of several answers counted, and rounds of calls that did not wait for each other. */
export interface Spent {
  calls: number
  rounds: number
}

/** A script whose calls all take the same time, so that `spent` counts the rounds of a method. */
export function inRounds(script: (asked: Asked, index: number) => Scripted, spent: Spent) {
  let round: Promise<void> | undefined
  const nextRound = async (): Promise<void> => {
    await new Promise(resolve => setImmediate(resolve))
    round = undefined
    spent.rounds++
  }
  return async (asked: Asked, index: number): Promise<Scripted> => {
    spent.calls += asked.request.n ?? 1
    await (round ??= nextRound())
    return script(asked, index)
  }
}
