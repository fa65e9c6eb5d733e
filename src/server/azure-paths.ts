/**
 * The paths of Azure's API, `/openai/deployments/NAME/...`, `/openai/v1/...` and `/openai/...`, which Azure's clients add to
 * the address that they are given; Groq's add the second. Source: Azure OpenAI in Foundry Models, REST API reference.
 */
const path = /^\/+openai(?:\/deployments\/((?:[^/?%]|%[0-7][0-9a-f])+)|\/v1)?(\/[^?]*)(?:\?(.*))?$/i

/**
 * The address of our own endpoint that a request is for: its own, unless it has a path of Azure. The version of Azure's API
 * is left out, since it means nothing to a provider.
 */
export function ownUrlOf(url: string): string {
  const [, , rest, query] = path.exec(url) ?? []
  if (rest === undefined) return url
  const kept = query?.split('&').filter(part => !part.startsWith('api-version='))
  return kept?.length ? `/v1${rest}?${kept.join('&')}` : `/v1${rest}`
}

/** The deployment that a path of Azure names, which has only ASCII characters; undefined for any other path. */
export function deploymentOf(url: string): string | undefined {
  const [, name] = path.exec(url) ?? []
  return name === undefined ? undefined : decodeURIComponent(name)
}
