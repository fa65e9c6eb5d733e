import type { Logger } from 'pino'
import type { CurrentConfig } from '../../src/config/current.ts'
import { request } from '../../src/http/undici.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { Member, ProviderPool } from './pool/pool.ts'
import type { Guards } from './state/provider-state.ts'
import type { KeyRing } from './state/key-ring.ts'

/** Checks start up to this share earlier or later than the interval says, so that they do not come in waves. */
const jitter = 0.2

export interface HealthSurroundings {
  readonly pool: ProviderPool
  readonly guards: Guards
  readonly currentConfig: CurrentConfig
  readonly log: Logger
  /** Called when a check may have let a provider in again. */
  readonly onChange: () => void
  readonly random?: () => number
}

/** Asks each provider for its models in the background, side by side, each on its own timer. */
export class HealthChecks {
  readonly #around: HealthSurroundings
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #running = new Set<AbortController>()
  #stopped = false

  constructor(around: HealthSurroundings) {
    this.#around = around
  }

  /** Begins, or begins anew after a reload: every provider is checked now, then at each interval. */
  restart(): void {
    this.#clear()
    if (this.#stopped || !this.#settings.enabled) return
    for (const member of this.#around.pool.members) void this.#run(member)
  }

  stop(): void {
    this.#stopped = true
    this.#clear()
  }

  get #settings() {
    return this.#around.currentConfig.value.routing.health_check
  }

  #clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    for (const controller of this.#running) controller.abort()
    this.#running.clear()
  }

  #schedule(member: Member): void {
    if (this.#stopped || !this.#settings.enabled || this.#around.pool.get(member.name) !== member) return
    const random = this.#around.random ?? Math.random
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
    const { provider } = member
    const ring = this.#around.guards.keys(member)
    const error = await check(provider, ring, this.#settings.path, controller.signal)
    clearTimeout(timer)
    // A check that `restart` or `stop` has ended says nothing.
    if (!this.#running.delete(controller) || member.provider !== provider) return
    this.#enter(member, error)
    this.#schedule(member)
  }

  #enter(member: Member, error: string | undefined): void {
    const { guards, log, onChange } = this.#around
    const breaker = guards.breaker(member.name)
    const before = guards.status(member.name)
    breaker.checked(error === undefined, this.#settings.interval * 1000, performance.now())
    if (error !== undefined) breaker.lastError = error
    guards.tell(member.name)
    const after = guards.status(member.name)
    if (before !== after) log.info({ provider: member.name, before, after, error }, 'provider health changed')
    onChange()
  }
}

/** Why the provider is not well; undefined where it is. Any answer but a fault of its own or a refusal of all its keys will do. */
async function check(
  provider: Provider,
  ring: KeyRing | undefined,
  path: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = ring?.take(performance.now())
  try {
    const call = provider.modelsCall(path, key?.secret)
    const { statusCode, body } = await request(provider.dispatcher, { ...call, signal })
    await body.dump()
    const refused = statusCode === 401 || statusCode === 403
    const now = performance.now()
    if (key && refused) ring?.refused(key, now)
    const well = statusCode < 500 && (!refused || (ring?.usable(now) ?? 0) > 0)
    return well ? undefined : `health check answered with status ${statusCode}`
  } catch (error) {
    if (signal.aborted) return 'health check timed out'
    // Not the message, which holds the address: this is told to clients.
    const { code, name } = error as { code?: unknown; name?: unknown }
    return `health check failed: ${String(code ?? name ?? error)}`
  }
}
