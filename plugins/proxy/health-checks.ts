import type { BaseLogger } from 'pino'
import type { ConfigView } from '../../src/config/current.ts'
import { request } from '../../src/http/undici.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { background } from '../../src/time/background.ts'
import { readModelList } from '../../src/attempt/models/model-list.ts'
import type { Member } from './pool/member.ts'
import type { ProviderPool } from './pool/pool.ts'
import type { KeyRing } from './state/key-ring.ts'

/** How long a list of models is valid. Lists are read less often than providers are checked: some are large. */
const listMs = 600_000
/** Checks start up to this share of the interval earlier or later, so that they do not come in waves. */
const jitter = 0.2

export interface HealthCheckOptions {
  readonly pool: ProviderPool
  readonly currentConfig: ConfigView
  readonly log: Pick<BaseLogger, 'warn'>
  /** Called after each check: it may have brought a provider back. */
  readonly onChange: () => void
  readonly random?: () => number
}

/** Asks each provider for its models in the background, in parallel, each on a timer of its own. */
export class HealthChecks {
  readonly #options: HealthCheckOptions
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #running = new Set<AbortController>()
  #stopped = false

  constructor(options: HealthCheckOptions) {
    this.#options = options
  }

  /** Checks every provider now, then at each interval. Called at the start and after each reload. */
  restart(): void {
    this.#cancel()
    if (this.#stopped || !this.#settings.enabled) return
    for (const member of this.#options.pool.members) if (hasKey(member)) this.#start(member)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  get #settings() {
    return this.#options.currentConfig.value.routing.health_check
  }

  #cancel(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    for (const controller of this.#running) controller.abort()
    this.#running.clear()
  }

  #schedule(member: Member): void {
    if (this.#stopped || !this.#settings.enabled || this.#options.pool.get(member.name) !== member) return
    const random = this.#options.random ?? Math.random
    const spread = 1 + jitter * (2 * random() - 1)
    const timer = setTimeout(() => this.#start(member), this.#settings.interval * 1000 * spread)
    timer.unref()
    clearTimeout(this.#timers.get(member.name))
    this.#timers.set(member.name, timer)
  }

  #start(member: Member): void {
    const { name: provider } = member
    background(this.#run(member), this.#options.log, 'a health check failed to run', { provider })
  }

  async #run(member: Member): Promise<void> {
    const controller = new AbortController()
    this.#running.add(controller)
    const timer = setTimeout(() => controller.abort(), this.#settings.timeout * 1000)
    const { provider, state } = member
    const now = performance.now()
    const isListDue = member.listedAt === undefined || now - member.listedAt >= listMs
    const { error, isRefused, models } = await check(provider, state.keys, {
      path: this.#settings.path,
      signal: controller.signal,
      readsList: isListDue && this.#settings.path === undefined && provider.kind.listsModels !== false,
    })
    clearTimeout(timer)
    // A check that `restart` or `stop` has cancelled proves nothing.
    if (!this.#running.delete(controller) || member.provider !== provider) return
    // An answer that is not a list keeps the earlier list, and is not read again at once.
    if (isListDue && error === undefined && !isRefused) member.list(models ?? member.listed, now)
    this.#record(member, error, isRefused === true)
    this.#schedule(member)
  }

  #record({ state }: Member, error: string | undefined, isRefused: boolean): void {
    const { interval, timeout } = this.#settings
    if (isRefused) state.breaker.reached(performance.now())
    else state.checked(error, (interval + timeout) * 1000)
    this.#options.onChange()
  }
}

/** Whether there is a key to check a provider with: a client's own comes with its calls. */
function hasKey({ provider }: Member): boolean {
  return !provider.config.forward_client_key
}

interface Check {
  readonly path: string | undefined
  readonly signal: AbortSignal
  /** Whether the answer is read as a list of models. */
  readonly readsList: boolean
}

/** The reason a provider is unhealthy, undefined if it is healthy; and the models that it lists, if they were read. */
interface Findings {
  readonly error?: string | undefined
  /** Whether the key may not ask for the list, which proves nothing about calls. */
  readonly isRefused?: boolean | undefined
  readonly models?: readonly string[] | undefined
}

/** Statuses that say nothing about calls: the key is restricted, or the service has no list. */
const refusals: ReadonlySet<number> = new Set([401, 403, 501])

/** Checks a provider. It is healthy whatever it answers, except a fault of its own. */
async function check(
  provider: Provider,
  keys: KeyRing | undefined,
  { path, signal, readsList }: Check,
): Promise<Findings> {
  const key = keys?.takeForCheck(performance.now())
  try {
    const call = provider.modelsCall(path, key?.secret)
    const { statusCode, body } = await request(provider.dispatcher, { ...call, signal })
    const models = readsList && statusCode === 200 ? await readModelList(body) : await body.dump()
    if (refusals.has(statusCode)) return { isRefused: true }
    return statusCode < 500
      ? { models: models ?? undefined }
      : { error: `health check answered with status ${statusCode}` }
  } catch (error) {
    if (signal.aborted) return { error: 'health check timed out' }
    // Clients see this, so the message is left out: it contains the address.
    const { code, name } = error as { code?: string; name?: string }
    return { error: `health check failed: ${code ?? name ?? 'unknown reason'}` }
  }
}
