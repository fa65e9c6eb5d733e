import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import type { Deployment } from './deployment.ts'
import { readPrice } from './prices.ts'

/** Facts about a model that LiteLLM shows, and on which nothing depends here: there is nothing to tell about them. */
const described = /^(?:supports_\w+|description|litellm_provider|max_output_tokens|max_tokens|mode)$/

/** Reads what is known about a model from `model_info` of its entry, and its price, which may be in the parameters as well. */
export function readInfo(
  entry: ForeignMapping,
  params: ForeignMapping,
  ours: Conversion,
): Pick<Deployment, 'window' | 'price' | 'answersResponses'> {
  const info = entry.mapping('model_info')
  info?.omit('id', 'a provider is identified by its name; left out', 'nothing')
  info?.ignore(described)
  params.ignore(/^supports_\w+$/)
  return {
    window: info?.number('max_input_tokens'),
    price: readPrice(params, info, ours),
    answersResponses: info?.get('mode') === 'responses',
  }
}
