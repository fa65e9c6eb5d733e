/** The resource, and the deployment where a URL names one: `https://NAME.openai.azure.com/openai/deployments/gpt-4o`. */
export function azureAddress(url: string): { readonly resource: string; readonly deployment?: string } {
  const [, resource = url, deployment] = /^(.*?)\/openai(?:\/deployments(?:\/([^/?]+))?)?\/?$/.exec(url) ?? []
  return deployment === undefined ? { resource } : { resource, deployment: decodeURIComponent(deployment) }
}
