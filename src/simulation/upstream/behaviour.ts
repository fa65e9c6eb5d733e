import { closestPattern } from '../../text/name-pattern.ts'
import type { DescribedProviderConfig } from '../scenario/schema.ts'
import { samplerOf } from './distribution.ts'
import type { Sampler } from './distribution.ts'

/** How a provider answers calls for a model: what is drawn for each. */
export interface Behaviour {
  readonly firstTokenMs: Sampler
  readonly tokenMs: Sampler
  /** To the end of a whole answer; undefined if the tokens decide. */
  readonly totalMs: Sampler | undefined
  readonly answerTokens: Sampler
  readonly errorMs: Sampler
  /** Draws the failure of a call; undefined if it is answered. */
  readonly failure: (random: () => number) => string | undefined
}

/** The behaviour of a provider, by the names that it knows its models by: that of a name, of the longest pattern, or its own. */
export function behavioursOf(description: DescribedProviderConfig): (model: string) => Behaviour {
  const general = behaviourOf(description)
  const models = new Map(
    Object.entries(description.models).map(([name, own]) => [
      name,
      behaviourOf({ ...description, ...(own as Partial<DescribedProviderConfig>) }),
    ]),
  )
  if (models.size === 0) return () => general
  const patterns = [...models.keys()]
  return model => models.get(closestPattern(patterns, model) ?? '') ?? general
}

function behaviourOf(described: DescribedProviderConfig): Behaviour {
  const { first_token_ms, token_ms, total_ms, answer_tokens, error_ms, errors } = described
  return {
    firstTokenMs: samplerOf(first_token_ms),
    tokenMs: samplerOf(token_ms),
    totalMs: total_ms && samplerOf(total_ms),
    answerTokens: samplerOf(answer_tokens),
    errorMs: samplerOf(error_ms),
    failure: failureSampler(errors),
  }
}

function failureSampler(errors: Readonly<Record<string, number>>): Behaviour['failure'] {
  const entries = Object.entries(errors).filter(([, rate]) => rate > 0)
  if (entries.length === 0) return () => undefined
  return random => {
    let left = random()
    for (const [failure, rate] of entries) {
      if (left < rate) return failure
      left -= rate
    }
    return undefined
  }
}
