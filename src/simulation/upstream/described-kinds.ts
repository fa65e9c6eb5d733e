import type { ProviderConfig } from '../../config/schema.ts'
import { simulate as simulateSchema } from '../../config/sections/simulate.ts'
import type { Kind } from '../../providers/kind.ts'
import { randomFrom } from '../../providers/simulated/random.ts'
import { simulatedKind } from '../../providers/simulated/simulated.ts'
import { descriptionOf } from '../scenario/description.ts'
import type { Scenario } from '../scenario/schema.ts'
import { DescribedDispatcher } from './described-dispatcher.ts'
import { DescribedProvider } from './described-provider.ts'

/** The share of questions that a model answers correctly if approaches are simulated and the scenario does not say. */
const usualAccuracy = 0.7

/**
 * Puts the providers of a scenario in the place of services. A provider of the kind `simulated` that is not described stays
 * as its configuration has it.
 *
 * @param isTextual whether approaches read the answers, which then have to make sense
 */
export function describedKinds(
  scenario: Scenario,
  startedAt: number,
  isTextual: () => boolean,
): (kind: Kind) => Kind {
  const dispatcherOf = (config: ProviderConfig) => {
    const description = descriptionOf(scenario, config.name)
    if (!description) return simulatedKind.dispatcher!(config)
    const { seed } = scenario
    const random = randomFrom(`${seed} provider ${config.name}`)
    const { accuracy = usualAccuracy } = description
    const simulate = simulateSchema.parse({ accuracy, seed })
    const speaks = () => description.accuracy !== undefined || isTextual()
    return new DescribedDispatcher(
      new DescribedProvider(description, { random, startedAt }),
      { ...config, simulate },
      speaks,
    )
  }
  // Descriptions answer in the format of chat completions, whatever the service speaks.
  return ({ translation: _translation, ...kind }) => ({ ...kind, dispatcher: dispatcherOf })
}
