import { HulumanageError } from '../../contract/index.ts'

/**
 * The paths of Azure's API, `/openai/deployments/NAME/...`, `/openai/v1/...` and `/openai/...`, which Azure's clients add to
 * the address that they are given; Groq's add the second. Source: Azure OpenAI in Foundry Models, REST API reference.
 */
const path = /^\/+openai(?:\/deployments\/([^/?]+)|\/v1)?(\/[^?]*)(?:\?(.*))?$/i
const version = /^api-version=/i

/**
 * The address of our own endpoint that a request is for: its own, unless it has a path of Azure. The version of Azure's API
 * is left out, since it means nothing to a provider.
 */
export function ownUrlOf(url: string): string {
  const [, , rest, query] = path.exec(url) ?? []
  if (rest === undefined) return url
  const kept = query?.split('&').filter(part => !version.test(part))
  return kept?.length ? `/v1${rest}?${kept.join('&')}` : `/v1${rest}`
}

/** The deployment that a path of Azure names; undefined for any other path. Throws `invalid_value` if it is not UTF-8. */
export function deploymentOf(url: string): string | undefined {
  const [, name] = path.exec(url) ?? []
  if (name === undefined) return undefined
  try {
    return decodeURIComponent(name)
  } catch (cause) {
    const message = 'model: the deployment in the path is not percent-encoded UTF-8'
    throw new HulumanageError('invalid_value', message, { param: 'model', cause })
  }
}
