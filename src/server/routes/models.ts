import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'
import { mayCall } from '../../chain/plan/allowed.ts'
import { enabledProviders } from '../../config/enabled.ts'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Listing } from '../../registry/host.ts'
import { prefixes } from './prefixes.ts'
import { addRoute } from './route.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** A model with the fields of OpenAI's list and of Anthropic's, since the SDKs of both read it. */
interface ModelEntry {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
  readonly type: 'model'
  readonly display_name: string
  readonly created_at: string
}

/** The routes that list models, at each of the prefixes. */
export function addModelRoutes(app: FastifyInstance, currentConfig: CurrentConfig): void {
  const created = unixSeconds()
  for (const prefix of prefixes) {
    addRoute(app, 'GET', `${prefix}/models`, async request => {
      const data = modelsFor(request, currentConfig.value, await listingsOf(app), created)
      const [first, last] = [data[0]?.id ?? null, data.at(-1)?.id ?? null]
      return { object: 'list', data, has_more: false, first_id: first, last_id: last }
    })
    addRoute(app, 'GET', `${prefix}/models/*`, async request => {
      const id = idOf(request)
      const entry = modelsFor(request, currentConfig.value, await listingsOf(app), created).find(
        model => model.id === id,
      )
      if (entry) return entry
      throw new HulumanageError('model_not_found', `No provider lists the model "${id}"`, { param: 'model' })
    })
  }
}

/** The models that the client of a request may use, and the named chains that it may name. */
function modelsFor(
  { exchange: { named } }: FastifyRequest,
  config: Config,
  listings: readonly Listing[],
  created: number,
) {
  const all = listModels(config, created, listings)
  if (!named) return all
  const names = chainNames(config)
  return all.filter(({ id }) => {
    const { chain, model } = names.get(id) ?? { model: id }
    return mayCall(named, model) && (chain === undefined || (named.chains?.includes(chain) ?? true))
  })
}

/**
 * The names under which a client may ask for the named chains: that of the chain if there is a default model, else with each
 * model of the configuration, because a chain without a model is refused.
 */
function chainNames(config: Config): Map<string, { readonly chain: string; readonly model: string }> {
  const { model: preset } = config
  const models = preset === undefined ? modelsOf(config).map(([id]) => id) : [preset]
  const names = Object.keys(config.chains).flatMap(chain =>
    models.map(model => [preset === undefined ? `${chain}-${model}` : chain, { chain, model }] as const),
  )
  return new Map(names)
}

/** The models that providers list or map in the configuration, with the provider of each. */
function modelsOf(config: Config): [id: string, provider: string][] {
  return enabledProviders(config).flatMap(({ name, models = [], model_map: mapped }) =>
    [...models, ...Object.keys(mapped)]
      .filter(id => !id.endsWith('*'))
      .map((id): [string, string] => [id, name]),
  )
}

async function listingsOf({ pools, defaultModels }: FastifyInstance): Promise<readonly Listing[]> {
  const listings = [...pools].flatMap(pool => pool.listings)
  return [...listings, { provider: 'default', models: await defaultModels() }]
}

/**
 * The models of the configuration (those that providers list or map, named chains, the default model), then those that
 * providers list themselves. Each has one entry.
 */
export function listModels(config: Config, created: number, listings: readonly Listing[] = []): ModelEntry[] {
  const owners = new Map<string, string>()
  const add = (id: string, owner: string) => {
    if (!owners.has(id)) owners.set(id, owner)
  }
  for (const [id, provider] of modelsOf(config)) add(id, provider)
  for (const name of chainNames(config).keys()) add(name, 'hulumanage')
  if (config.model !== undefined) add(config.model, 'hulumanage')
  for (const { provider, models } of listings) for (const id of models) add(id, provider)
  const created_at = new Date(created * 1000).toISOString()
  return [...owners].map(([id, owned_by]) => ({
    id,
    object: 'model',
    created,
    owned_by,
    type: 'model',
    display_name: id,
    created_at,
  }))
}

/** The requested id; those such as `org/model` may contain the slash or %2F. */
function idOf(request: FastifyRequest): string {
  return (request.params as { '*': string })['*']
}
