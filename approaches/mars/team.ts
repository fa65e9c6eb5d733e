import { setsEffort, withDrawTemperature, withEffort, withSeed } from '../../src/plugin.ts'
import type { ChatRequest, Message } from '../../src/plugin.ts'
import { agentsOf } from './params.ts'
import type { MarsParams } from './params.ts'

const efforts = ['low', 'medium', 'high'] as const

/** The agents that work on one request. Agents are numbered from 0. */
export class Team {
  readonly request: ChatRequest
  readonly params: MarsParams
  readonly size: number

  constructor(request: ChatRequest, params: MarsParams) {
    this.request = request
    this.params = params
    this.size = agentsOf(params)
  }

  /** The request by which an agent asks its model for a solution: the client's request with the settings of the agent. */
  requestFor(agent: number, messages: readonly Message[]): ChatRequest {
    return withSeed({ ...this.#settingsOf(agent), model: this.modelOf(agent), messages }, agent)
  }

  modelOf(agent: number): string {
    return this.params.models[agent] ?? this.request.model
  }

  /** The agent that makes verification number `index` of a solution: each of the other agents in turn. */
  verifierOf(author: number, index: number): number {
    const others = Math.max(this.size - 1, 1)
    return (author + 1 + (index % others)) % this.size
  }

  #settingsOf(agent: number): ChatRequest {
    const { request } = this
    const { temperatures, use_reasoning_api: byEffort, max_tokens: maximum } = this.params
    const limited =
      maximum > 0 && request.max_tokens == null && request.max_completion_tokens == null
        ? { ...request, max_tokens: maximum }
        : request
    if (!byEffort) return withDrawTemperature(limited, temperatures[agent % temperatures.length])
    return setsEffort(limited) ? limited : withEffort(limited, efforts[agent % efforts.length]!)
  }
}
