import type { ProviderConfig } from '../config/schema.ts'
import type { Kind } from './kind.ts'
import { acceptedByOpenai } from './spelling/accepts.ts'

const defaultApiVersion = '2024-10-21'

/**
 * Azure OpenAI. A base URL whose path ends in `/v1` is the newer API, in which the deployment is the model; any other is a
 * resource, whose API takes the deployment in the path and the version in the query.
 */
export const azureKind: Kind = {
  name: 'azure',
  summary: 'Azure OpenAI: deployments by path and api-version, or the newer /openai/v1',
  auth: 'api-key',
  path: (operation, model, config) => {
    const isResponses = operation === 'chat' && config.api === 'responses'
    if (isResponses) return isVersionOne(config) ? '/responses' : '/openai/v1/responses'
    const tail = operation === 'chat' ? '/chat/completions' : '/embeddings'
    return isVersionOne(config)
      ? tail
      : `/openai/deployments/${encodeURIComponent(model)}${tail}${versionOf(config)}`
  },
  otherPath: (path, model, config) => {
    if (isVersionOne(config)) return path
    const deployment = model === '' ? '' : `/deployments/${encodeURIComponent(model)}`
    return `/openai${deployment}${path}${versionOf(config)}`
  },
  // Requests name deployments, but the list contains models that can be deployed.
  listsModels: false,
  accepts: acceptedByOpenai,
  hosts: /\.(openai|cognitiveservices|services\.ai)\.azure\.com$/,
  modelsPath: config => (isVersionOne(config) ? '/models' : `/openai/models${versionOf(config)}`),
}

function isVersionOne(config: ProviderConfig): boolean {
  return /\/v1\/?$/.test(URL.parse(config.base_url ?? '')?.pathname ?? '')
}

function versionOf(config: ProviderConfig): string {
  return `?api-version=${encodeURIComponent(config.api_version ?? defaultApiVersion)}`
}
