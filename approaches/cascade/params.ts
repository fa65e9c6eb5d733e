import { z } from 'zod'
import { drawTemperature } from '../../src/plugin.ts'
import type { Cost } from '../../src/plugin.ts'
import { service } from '../lib/scoring/params.ts'
import { helperEffort } from '../lib/request/helper-effort.ts'

/** Maximum number of models in the name of the requested one, as in `cascade-small>medium>large`. */
export const mostNamed = 3

const ways = ['agreement', 'grade', 'logprob', 'schema', 'answer'] as const
const forms = `one of ${ways.join(', ')}, or http:NAME for a service that the server has under scorers`

export const params = z.object({
  models: z
    .array(z.string().min(1))
    .max(8)
    .default([])
    .describe(
      'models to ask before the requested one, the cheapest first; cascade-small>large names them in the request',
    ),
  accept: z
    .union([z.enum(ways), service], forms)
    .meta({ expected: forms })
    .default('agreement')
    .describe(
      'when the answer of a cheaper model is good enough, which a refusal never is: when its samples agree (texts without a result never do), when it is graded well, when the model was sure of its words, when it matches the schema of response_format (which the request must then have), when a service that the server has under `scorers` scores it well (`http:NAME`), or when it answers at all, which leaves it to a step below to fail, as in cascade-valid-small>large',
    ),
  samples: z
    .int()
    .min(2)
    .max(16)
    .default(3)
    .describe('how many answers to draw from a cheaper model, to see whether they agree'),
  agreement: z.number().min(0.5).max(1).default(1).describe('share of the samples that must agree'),
  grade: z
    .number()
    .min(0)
    .max(10)
    .default(8)
    .describe('lowest grade, from 0 to 10, that is good enough; of a service, ten times its score'),
  certainty: z
    .number()
    .min(0)
    .max(1)
    .default(0.6)
    .describe('lowest mean probability of its words with which an answer is good enough by logprob'),
  judge: z.string().default('').describe('model that grades; by default the one that answered'),
  temperature: drawTemperature,
  helper_effort: helperEffort,
})

export type CascadeParams = z.output<typeof params>

/** The worst case: every cheaper model is asked in vain. */
export function costOf({ models, accept, samples }: CascadeParams, times: number): Cost {
  const cheaper = models.length + mostNamed - 1
  const calls = accept === 'agreement' ? samples : accept === 'grade' ? 2 : 1
  const rounds = accept === 'grade' ? 2 : 1
  return { calls: times * (cheaper * calls + 1), rounds: cheaper * rounds + 1 }
}
