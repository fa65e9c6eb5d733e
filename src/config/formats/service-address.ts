import { decodePart } from '../../text/address-login.ts'

/**
 * The resource of an Azure URL and, if named, the deployment:
 * `https://NAME.openai.azure.com/openai/deployments/gpt-4o`.
 */
export function azureAddress(url: string): { readonly resource: string; readonly deployment?: string } {
  const [, resource = url, deployment] = /^(.*?)\/openai(?:\/deployments(?:\/([^/?]+))?)?\/?$/.exec(url) ?? []
  return deployment === undefined ? { resource } : { resource, deployment: decodePart(deployment) }
}

/**
 * A base URL, or its path, without a version that was added although it had one, as `${OLLAMA_API_BASE}/v1` may. One of
 * Gemini, whose path is `/v1beta/openai`, may have been complete.
 */
export function withOneVersion(path: string): string {
  return path
    .replace(/(?<!:)\/{2,}(?=v\d)/g, '/')
    .replace(/(\/openai|\/endpoints\/openapi)\/v1beta\/openai$/, '$1')
    .replace(/(\/v1(?:alpha|beta)?)\/v1beta\/openai$/, '$1/openai')
    .replace(/(\/v\d+)\1$/, '$1')
}
