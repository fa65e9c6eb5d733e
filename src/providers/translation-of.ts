import type { ProviderConfig } from '../config/schema.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Kind } from './kind.ts'
import { responsesTranslation } from './responses/responses.ts'
import type { Translation } from './translation.ts'

/** A kind with chat completions or Responses may use either; a kind with an API of its own has no choice. */
export function translationOf(
  { name, api }: ProviderConfig,
  { name: type, translation }: Kind,
): Translation | undefined {
  if (api === undefined) return translation
  if (translation && translation.dialect !== 'responses') {
    throw new HulumanageError(
      'config_invalid',
      `Provider "${name}": api requires a kind with OpenAI's API, but "${type}" has an API of its own`,
    )
  }
  return api === 'chat' ? undefined : (translation ?? responsesTranslation)
}
