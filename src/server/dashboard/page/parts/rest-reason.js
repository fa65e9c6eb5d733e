/** Why calls are not sent, by the reason that the server states. The command line says the same. @type {Record<string, string>} */
const reasons = {
  counted: 'too many calls failed',
  unreachable: 'cannot be reached',
  key: 'refuses its key',
  rate_limit_exceeded: 'rate limit reached',
  upstream_overloaded: 'overloaded',
}

/**
 * Says why a provider, or a model at it, gets no calls; the reason itself if it is new.
 * @param {{ reason: string, model: string | null }} resting
 */
export function restReason({ reason, model }) {
  if (reason === 'model') return `does not have ${model ?? 'the model'}`
  const words = reasons[reason] ?? reason
  return model === null ? words : `${model}: ${words}`
}
