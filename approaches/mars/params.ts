import { z } from 'zod'
import type { Cost } from '../../src/plugin.ts'
import { helperEffort } from '../lib/request/helper-effort.ts'

const count = (maximum: number, minimum = 1) => z.int().min(minimum).max(maximum)

/** Names and meanings are those of OptiLLM's `mars_config`, as far as it has them. */
export const params = z.object({
  num_agents: count(16).default(3).describe('number of agents that each write a solution'),
  models: z
    .array(z.string().min(1))
    .max(16)
    .default([])
    .describe('models of the agents, one each; replaces num_agents, and no model verifies its own solution'),
  temperatures: z
    .array(z.number().min(0).max(2))
    .max(16)
    .default([])
    .describe(
      "temperatures of the agents in turn, if the request sets none, or 0; by default the model's own",
    ),
  use_reasoning_api: z
    .boolean()
    .default(false)
    .describe('agents differ in reasoning_effort (low, medium, high) instead of temperature'),
  max_tokens: count(1_000_000, 0)
    .default(0)
    .describe('maximum tokens of a solution, if the request sets none; 0 leaves it to the model'),
  helper_effort: helperEffort,
  verification_passes_required: count(8)
    .default(2)
    .describe('how many verifications must find a solution correct'),
  max_verification_attempts: count(16)
    .default(2)
    .describe(
      'maximum number of verifications of a solution; more than required allow for mistaken objections',
    ),
  min_verified_solutions: count(16)
    .default(1)
    .describe('number of verified solutions that are enough to stop'),
  early_termination: z
    .boolean()
    .default(true)
    .describe(
      'stop as soon as enough solutions are verified, or if all drafts agree; otherwise improve until all are verified',
    ),
  max_iterations: count(10, 0)
    .default(2)
    .describe('maximum number of times that solutions found wrong are improved'),
  consensus_threshold: count(16)
    .default(2)
    .describe(
      'how many must have the same answer for it to be returned unchanged, if no solution is verified or the drafts outweigh those that are',
    ),
  enable_strategy_network: z
    .boolean()
    .default(false)
    .describe('agents see the strategies of others and rewrite their solutions'),
  enable_aggregation: z
    .boolean()
    .default(true)
    .describe('combine solutions into new ones before verification'),
  population_size: count(16).default(3).describe('number of solutions that each loop of aggregation writes'),
  aggregation_size: count(8, 2).default(3).describe('number of solutions that each new one combines'),
  aggregation_loops: count(8).default(1).describe('number of loops of aggregation'),
})

export type MarsParams = z.output<typeof params>

export function agentsOf({ models, num_agents }: MarsParams): number {
  return models.length || num_agents
}

/** Maximum number of verifications of a solution: never fewer than must pass. */
export function attemptsOf(params: MarsParams): number {
  return Math.max(params.max_verification_attempts, params.verification_passes_required)
}

/** The worst case: every solution is contested and found wrong, each time. */
export function costOf(params: MarsParams, times: number): Cost {
  const agents = agentsOf(params)
  const sharing = params.enable_strategy_network && agents > 1
  const loops = params.enable_aggregation && agents > 1 ? params.aggregation_loops : 0
  const solutions = loops > 0 ? Math.max(params.population_size, agents) : agents
  const attempts = attemptsOf(params)
  const checks = params.max_iterations + 1
  const drafts = agents + (sharing ? 2 * agents : 0) + loops * params.population_size
  const last = solutions > 1 ? 1 : 0
  return {
    calls: times * (drafts + solutions * (checks * attempts + params.max_iterations) + last),
    rounds:
      1 +
      (sharing ? 2 : 0) +
      loops +
      checks * (attempts - params.verification_passes_required + 1) +
      params.max_iterations +
      last,
  }
}
