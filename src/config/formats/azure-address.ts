import { decodePart } from '../../text/address-login.ts'

/**
 * The resource of an Azure URL and, if named, the deployment:
 * `https://NAME.openai.azure.com/openai/deployments/gpt-4o`.
 */
export function azureAddress(url: string): { readonly resource: string; readonly deployment?: string } {
  const [, resource = url, deployment] = /^(.*?)\/openai(?:\/deployments(?:\/([^/?]+))?)?\/?$/.exec(url) ?? []
  return deployment === undefined ? { resource } : { resource, deployment: decodePart(deployment) }
}
