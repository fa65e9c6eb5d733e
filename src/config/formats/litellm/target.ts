import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'
import type { Path } from '../../problems.ts'
import { firstOf } from '../reference.ts'
import { azureAddress, withOneVersion } from '../service-address.ts'
import { baseUrlOf, mayBeOtherService, services } from './services.ts'

/** A model of a service, which a deployment asks. */
interface Target {
  readonly service: string
  readonly model: string
}

/** `openrouter/meta/llama-3` is meta/llama-3 at openrouter. Without a service, the name of the model determines it. */
export function readTarget(params: ForeignMapping): Target {
  const written = params.text('model') ?? ''
  const named = params.text('custom_llm_provider')
  if (named !== undefined) {
    const model = written.startsWith(`${named}/`) ? written.slice(named.length + 1) : written
    return { service: named, model }
  }
  const slash = written.indexOf('/')
  if (slash !== -1) return { service: written.slice(0, slash), model: written.slice(slash + 1) }
  return { service: written.startsWith('claude') ? 'anthropic' : 'openai', model: written }
}

/** Whether an entry of `model_list` becomes a provider. */
export function isSupported(params: ForeignMapping): boolean {
  return refusalOf(params) === undefined
}

/** Why an entry becomes no provider, and the place of the value at fault; undefined if it becomes one. */
export function refusalOf(
  params: ForeignMapping,
): { readonly reason: string; readonly at: Path } | undefined {
  const { service } = readTarget(params)
  if (!Object.hasOwn(services, service))
    return { reason: `the service ${service} is not supported`, at: params.at('model') }
  const { value, at } = givenAddress(params) ?? {}
  if (service !== 'gemini' || typeof value !== 'string' || !nativeVertex.test(value) || !at) return undefined
  const reason =
    "Vertex AI's own API is not supported; as api_base, its OpenAI-compatible one is " +
    'https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/global/endpoints/openapi'
  return { reason, at }
}

const nativeVertex = /aiplatform\.googleapis\.com(?!.*\/endpoints\/openapi\/*$)/

/** The address that an entry has of its own. */
function givenAddress(params: ForeignMapping): { readonly value: unknown; readonly at: Path } | undefined {
  const key = ['api_base', 'base_url'].find(name => params.get(name) !== undefined)
  return key === undefined ? undefined : { value: params.get(key), at: params.at(key) }
}

/** Converts the address and key; returns the model to request from the service. */
export function convertTarget(
  params: ForeignMapping,
  { service, model }: Target,
  at: Path,
  ours: Conversion,
): string {
  const { type, key, path = '' } = services[service] ?? {}
  const given = givenAddress(params)
  const place = given?.at ?? params.at('model')
  if (!(service === 'openai' && mayBeOtherService(given?.value)))
    ours.put([...at, 'type'], type, params.at('model'))
  if (params.get('api_key') !== undefined) params.move('api_key', [...at, 'api_key'])
  else if (key !== undefined && (given === undefined || type === 'azure')) {
    ours.put([...at, 'api_key'], firstOf([key].flat()), params.at('model'))
  }
  const address = given ? given.value : baseUrlOf(service)
  if (type !== 'azure') {
    ours.put([...at, 'base_url'], withPath(address, path), place)
    return model
  }
  params.move('api_version', [...at, 'api_version'])
  const { resource, deployment } = azureAddress(typeof address === 'string' ? address : '')
  ours.put([...at, 'base_url'], resource, place)
  return deployment ?? model
}

/** Adds the path of the API, which addresses in LiteLLM do without, to an address, unless it has it. */
function withPath(address: unknown, path: string): unknown {
  if (typeof address !== 'string' || path === '') return address
  return withOneVersion(`${address.replace(/\/+$/, '')}${path}`)
}
