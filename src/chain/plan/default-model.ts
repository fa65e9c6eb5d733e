import { HulumanageError } from '../../contract/index.ts'

/**
 * The model that a request names, or the default of the configuration; throws if there is neither. `chain` is the text
 * of a request that names a chain alone.
 */
export function modelOrDefault(
  named: string | null | undefined,
  configured: string | undefined,
  chain = '',
): string {
  const model = named || configured
  if (model) return model
  const problem = chain
    ? `"${chain}" names a chain but no model; append one, such as "${chain.replace(/-$/, '')}-gpt-4o-mini"`
    : 'the request names no model; name one'
  const message = `model: ${problem}, or set a default model in the configuration`
  throw new HulumanageError('invalid_value', message, { param: 'model' })
}
