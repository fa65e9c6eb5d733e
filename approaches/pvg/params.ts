import { z } from 'zod'
import { drawTemperature } from '../../src/plugin.ts'
import type { Cost } from '../../src/plugin.ts'
import { helperEffort } from '../lib/request/helper-effort.ts'

export const params = z.object({
  n: z.int().min(1).max(32).default(3).describe('how many helpful answers to draw'),
  sneaky: z
    .int()
    .min(0)
    .max(16)
    .default(2)
    .describe('how many deliberately wrong answers to draw, as a test of the verifier'),
  rounds: z
    .int()
    .min(1)
    .max(8)
    .default(2)
    .describe('rounds of answers; each after the first revises the criticized answers'),
  good_enough: z.number().min(0).max(10).default(9).describe('grade that ends the rounds'),
  verifier: z.string().default('').describe('model that grades; by default the requested one'),
  temperature: drawTemperature,
  helper_effort: helperEffort,
})

export type PvgParams = z.output<typeof params>

export function cost({ n, sneaky, rounds }: PvgParams, times: number): Cost {
  if (n === 1 && rounds === 1) return { calls: times, rounds: 1 }
  const first = 2 * (n + sneaky) + (sneaky > 0 ? n : 0)
  const revisions = rounds - 1
  return {
    calls: times * (first + 2 * n * revisions),
    rounds: (sneaky > 0 ? 4 : 2) + 2 * revisions,
  }
}
