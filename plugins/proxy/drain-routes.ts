import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ConfigView } from '../../src/config/current.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { clip } from '../../src/text/clip.ts'
import type { ProviderPool } from './pool/pool.ts'
import { joinedReports } from './joined-reports.ts'
import { providerReports } from './report.ts'
import type { ProviderReport } from './report.ts'

/** The parts that the routes work with. */
interface DrainRoutesOptions {
  readonly pool: ProviderPool
  readonly currentConfig: ConfigView
  /** The reports of all processes that serve the port, this one included. */
  readonly reports: () => Promise<readonly (readonly ProviderReport[])[]>
  /** Called after each change: calls that wait for a provider choose again. */
  readonly onChange: () => void
}

/** Only operators take providers out of service. SDKs send a content type also without a body. */
const config = { audience: 'operator' as const, changesServer: true, anyBody: true, unlimited: true }

/**
 * Adds `POST /providers/{name}/drain`, after which the provider gets no more calls, and `POST /providers/{name}/resume`.
 * Both answer with the provider as `GET /providers` shows it, also if nothing had to be changed.
 */
export function addDrainRoutes(app: FastifyInstance, options: DrainRoutesOptions): void {
  for (const [action, drained] of [
    ['drain', true],
    ['resume', false],
  ] as const)
    app.post(`/providers/:name/${action}`, { config }, async request => set(request, drained, options))
}

async function set(
  { params, exchange }: FastifyRequest,
  drained: boolean,
  { pool, currentConfig, reports, onChange }: DrainRoutesOptions,
): Promise<ProviderReport> {
  const { name } = params as { readonly name: string }
  const isKnown = currentConfig.value.providers.some(provider => provider.name === name)
  if (!isKnown) throw unknownProvider(name, pool)
  if (!pool.get(name)) {
    const message = `The provider "${name}" is switched off in the configuration (enabled: false), so it gets no calls`
    throw new HulumanageError('invalid_value', message, { param: 'name' })
  }
  if (pool.drain(name, drained, exchange.named?.name)) onChange()
  const own = providerReports(pool, currentConfig.value).find(report => report.name === name)!
  const ofAll = joinedReports(await reports()).find(report => report.name === name)
  // The calls are those of all processes, but another one may not have heard of the change yet.
  return { ...own, ...ofAll, status: own.status, drained: own.drained }
}

function unknownProvider(name: string, { members }: ProviderPool): HulumanageError {
  const known = members.map(member => member.name).join(', ')
  const message = `There is no provider "${clip(name)}"; known are ${clip(known, 1_000)}`
  return new HulumanageError('unknown_url', message)
}
