import type { ServedRequest } from '../../chat/provider-call.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Scoring } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'

/** The scoring service of a name in the configuration of a request. Throws `invalid_value` if there is no such service. */
export function scorerOf({ config, askScorer }: ServedRequest, name: string, signal: AbortSignal): Scoring {
  const service = Object.hasOwn(config.scorers, name) ? config.scorers[name] : undefined
  if (!service || !askScorer) {
    const message = `No scoring service is called "${clip(name)}"; add it to scorers in the configuration, or choose another scorer`
    throw new HulumanageError('invalid_value', message, { param: 'scorer' })
  }
  return (request, answers) => askScorer({ name, service, request, answers, signal })
}
