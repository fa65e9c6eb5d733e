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
 * Whether the path of a base URL is that of a Messages API beside a service's own, as at DeepSeek, Z.ai, Moonshot, MiniMax and
 * in Azure: `https://api.deepseek.com/anthropic`.
 */
export function isAnthropicPath(pathname: string): boolean {
  return /\/anthropic(?:\/v1)?\/*$/.test(pathname)
}

/** An endpoint that was part of the address to which the path of an API was added. */
const endpoint = /(\/v\d\w*(?:\/openai)?)\/(?:messages|chat\/completions)(?=\/v\d\w*(?:\/openai)?$)/

/**
 * A URL, whole or only its path, to which a version was added although it had one, as `${OLLAMA_API_BASE}/v1` may: with one
 * version, and without the endpoint before the one that was added. So is Gemini's `/v1beta/openai` added once: behind another
 * version only its folder, and nothing behind a complete address of Gemini or Vertex AI.
 */
export function withOneVersion(address: string): string {
  const shorter = address
    .replace(/(?<!:)\/{2,}(?=v\d)/g, '/')
    .replace(endpoint, '$1')
    .replace(/(\/openai|\/endpoints\/openapi)\/v1beta\/openai$/, '$1')
    .replace(/(\/v1(?:alpha|beta)?)\/v1beta\/openai$/, '$1/openai')
    .replace(/(\/v\d+)\1$/, '$1')
  return shorter === address ? address : withOneVersion(shorter)
}
