import { withDrawTemperature } from '../../src/plugin.ts'
import type { ChatRequest, Message } from '../../src/plugin.ts'
import { agentsOf } from './params.ts'
import type { MarsParams } from './params.ts'

const efforts = ['low', 'medium', 'high'] as const

/** The agents that work on one request. An agent is a number from 0. */
export class Team {
  readonly request: ChatRequest
  readonly params: MarsParams
  readonly size: number

  constructor(request: ChatRequest, params: MarsParams) {
    this.request = request
    this.params = params
    this.size = agentsOf(params)
  }

  /** What an agent asks its model for a solution: the client's request, in the agent's own manner. */
  asks(agent: number, messages: readonly Message[]): ChatRequest {
    const { seed } = this.request
    return {
      ...this.#manner(agent),
      model: this.modelOf(agent),
      messages,
      ...(typeof seed === 'number' ? { seed: seed + agent } : {}),
    }
  }

  modelOf(agent: number): string {
    return this.params.models[agent] ?? this.request.model
  }

  /** Who makes a solution's verification number `index`: each of the others in turn. */
  verifierOf(author: number, index: number): number {
    const others = Math.max(this.size - 1, 1)
    return (author + 1 + (index % others)) % this.size
  }

  #manner(agent: number): ChatRequest {
    const { request } = this
    const { temperatures, use_reasoning_api: byEffort, max_tokens: most } = this.params
    const limited =
      most > 0 && request.max_tokens == null && request.max_completion_tokens == null
        ? { ...request, max_tokens: most }
        : request
    if (!byEffort) return withDrawTemperature(limited, temperatures[agent % temperatures.length]!)
    const effort = request['reasoning_effort'] ?? efforts[agent % efforts.length]
    return { ...limited, reasoning_effort: effort }
  }
}
