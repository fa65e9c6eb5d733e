import { z } from 'zod'
import type { ChatRequest } from '../../../src/plugin.ts'
import { withHelperEffort } from '../request/helper-effort.ts'

/** The ways to tell good answers from bad ones. */
export const scorers = ['grade', 'pairwise', 'agreement', 'logprob', 'schema'] as const

/** The name of a scoring service of the operator, whose address no client can choose. */
export const service = z.templateLiteral(['http:', z.string().regex(/^[a-z][a-z0-9_]*$/)])

/** A value of `service`. */
export type Service = z.output<typeof service>

/** Whether the name of a scorer is that of a service. */
export function isService(name: string): name is Service {
  return name.startsWith('http:')
}

/** The name of a scorer. */
export type Scorer = (typeof scorers)[number] | Service

const forms = `one of ${scorers.join(', ')}, or http:NAME for a service that the server has under scorers`

/** Concurrent comparisons behind a pairwise choice or score. */
export const comparisons = 3

/** A param that names a scorer. */
export function scorerParam(otherwise: Scorer) {
  return z
    .union([z.enum(scorers), service], forms)
    .meta({ expected: forms })
    .default(otherwise)
    .describe(
      'how answers are told apart: by grades, by comparing them side by side, by how many agree, by how sure the model was of its words (without logprobs, by how many agree), by whether they match the schema of response_format, or, as `http:NAME`, by a service that the server has under `scorers`',
    )
}

/** A param for the model that judges. */
export const judge = z.string().default('').describe('model that judges; by default the requested one')

/** The request for judgements: of the judge's model, with the effort of helpers. */
export function forJudging(
  request: ChatRequest,
  { judge: model, helper_effort: effort }: JudgeParams,
): ChatRequest {
  return withHelperEffort(model === '' ? request : { ...request, model }, effort)
}

interface JudgeParams {
  readonly judge: string
  readonly helper_effort?: Parameters<typeof withHelperEffort>[1]
}
