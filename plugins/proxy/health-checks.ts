import type { BaseLogger } from 'pino'
import type { ConfigView } from '../../src/config/current.ts'
import { request } from '../../src/http/undici.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { Member } from './pool/member.ts'
import type { ProviderPool } from './pool/pool.ts'
import type { KeyRing } from './state/key-ring.ts'

/** Checks start up to this share of the interval earlier or later, so that they do not come in waves. */
const jitter = 0.2

export interface HealthCheckOptions {
  readonly pool: ProviderPool
  readonly currentConfig: ConfigView
  readonly log: Pick<BaseLogger, 'info'>
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
    for (const member of this.#options.pool.members) void this.#run(member)
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
    const timer = setTimeout(() => void this.#run(member), this.#settings.interval * 1000 * spread)
    timer.unref()
    clearTimeout(this.#timers.get(member.name))
    this.#timers.set(member.name, timer)
  }

  async #run(member: Member): Promise<void> {
    const controller = new AbortController()
    this.#running.add(controller)
    const timer = setTimeout(() => controller.abort(), this.#settings.timeout * 1000)
    const { provider, state } = member
    const error = await check(provider, state.keys, this.#settings.path, controller.signal)
    clearTimeout(timer)
    // A check that `restart` or `stop` has cancelled proves nothing.
    if (!this.#running.delete(controller) || member.provider !== provider) return
    this.#record(member, error)
    this.#schedule(member)
  }

  #record({ name, state }: Member, error: string | undefined): void {
    const { log, onChange } = this.#options
    const before = state.status
    state.breaker.checked(error, this.#settings.interval * 1000, performance.now())
    const after = state.status
    if (before !== after) log.info({ provider: name, before, after, error }, 'provider health changed')
    onChange()
  }
}

/**
 * Checks a provider. Resolves to why it is unwell; undefined if it is well: anything it answers will do, except a fault of
 * its own or a refusal of all its keys.
 */
async function check(
  provider: Provider,
  keys: KeyRing | undefined,
  path: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = keys?.take(performance.now())
  try {
    const call = provider.modelsCall(path, key?.secret)
    const { statusCode, body } = await request(provider.dispatcher, { ...call, signal })
    await body.dump()
    const isRefused = statusCode === 401 || statusCode === 403
    const now = performance.now()
    if (key && isRefused) keys?.refused(key, now)
    const isWell = statusCode < 500 && (!isRefused || (keys?.usable(now) ?? 0) > 0)
    return isWell ? undefined : `health check answered with status ${statusCode}`
  } catch (error) {
    if (signal.aborted) return 'health check timed out'
    // Clients see this, so the message is left out: it contains the address.
    const { code, name } = error as { code?: unknown; name?: unknown }
    return `health check failed: ${String(code ?? name ?? error)}`
  }
}
