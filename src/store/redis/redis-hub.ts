import { randomUUID } from 'node:crypto'
import { heartbeatMs } from '../hub.ts'
import type { Holdings, Hub, HubConnection, HubEvent, HubListener, Shortage } from '../hub.ts'
import type { Figures, WindowState } from '../store.ts'
import { RedisConnection } from './connection.ts'
import type { RedisSettings } from './client.ts'
import { RedisValues } from './values.ts'
import { parseJson } from '../../text/json/parse.ts'

/** Milliseconds after which a silent peer loses its leases. */
const lifetimeMs = 5 * heartbeatMs
/** Milliseconds after which a waiting peer that does not ask again leaves the queue. */
const waiterTimeoutMs = 1_500

/**
 * A hub in Redis. All keys but those of values begin with the namespace; in a cluster it is in braces, so that one node has them.
 */
export class RedisHub implements Hub, HubConnection {
  readonly kind = 'redis'
  readonly hub = this
  readonly values: RedisValues
  readonly #settings: RedisSettings
  readonly #peer = randomUUID()
  readonly #namespace: string
  #connection: RedisConnection | undefined

  constructor(settings: RedisSettings, namespace: string) {
    this.#settings = settings
    this.#namespace = settings.cluster ? `{${namespace}}` : namespace
    this.values = new RedisValues(command => this.#redis.runOnValues(command))
  }

  async open({ onUp, onDown, onEvent }: HubListener): Promise<void> {
    const onMessage = (message: string) => {
      const event = parseEvent(message)
      if (event && event.by !== this.#peer) onEvent(event)
    }
    const channel = this.#key('events')
    this.#connection = await RedisConnection.create(this.#settings, channel, { onUp, onDown, onMessage })
    await this.#connection.connect()
  }

  async close(): Promise<void> {
    this.#connection?.close()
  }

  async takeLeases(name: string, limit: number, amount: number): Promise<number> {
    const keys = ['events', 'peers', `leases:${name}`, `queue:${name}`].map(key => this.#key(key))
    const values = [this.#peer, name, limit, amount, lifetimeMs, waiterTimeoutMs]
    return Number(await this.#redis.script('takeLeases', keys, values))
  }

  async giveLeases(name: string, amount: number): Promise<void> {
    const keys = ['events', `leases:${name}`, `queue:${name}`].map(key => this.#key(key))
    await this.#redis.script('giveLeases', keys, [this.#peer, name, amount])
  }

  async draw(name: string, size: number, amount: number, settles: boolean): Promise<Shortage | undefined> {
    const values = [size, amount, settles ? 1 : 0]
    const reply = await this.#redis.script('draw', [this.#key(`budget:${name}`)], values)
    if (!Array.isArray(reply)) return undefined
    const [waitMs, leastWaitMs] = reply as [number, number]
    return { waitMs, leastWaitMs }
  }

  async use(name: string, amount: number, reserved: number): Promise<void> {
    await this.#redis.script('use', [this.#key(`budget:${name}`)], [amount, reserved])
  }

  async settle(name: string, amount: number, used: number, ageMs: number): Promise<void> {
    await this.#redis.script('settle', [this.#key(`budget:${name}`)], [amount, used, Math.ceil(ageMs)])
  }

  async count(key: string, windowMs: number): Promise<WindowState> {
    const reply = await this.#redis.script('count', [this.#key(`window:${key}`)], [Math.ceil(windowMs)])
    const [count, endsInMs] = reply as [number, number]
    return { count, endsInMs }
  }

  async charge(key: string, amount: number, limit: number, keptMs: number): Promise<number> {
    const most = Math.min(limit, Number.MAX_VALUE)
    const values = [amount, most, Math.max(1, Math.ceil(keptMs))]
    return Number(await this.#redis.script('charge', [this.#key(`account:${key}`)], values))
  }

  async post(topic: string, text: string, ttlMs: number): Promise<void> {
    const keys = [this.#key('events'), this.#key('notices')]
    await this.#redis.script('post', keys, [this.#peer, topic, text, Math.ceil(ttlMs)])
  }

  async notices(): Promise<readonly (readonly [string, string])[]> {
    const found = (await this.#redis.script('notices', [this.#key('notices')], [this.#peer])) as string[]
    return pairsOf(found)
  }

  async epoch(): Promise<string> {
    return (await this.#redis.script('epoch', [this.#key('tallies')], [randomUUID()])) as string
  }

  async add(figures: Figures): Promise<void> {
    const values = Object.entries(figures).flatMap(([name, value]) =>
      typeof value === 'number' ? [`n:${name}`, value] : [`t:${name}`, value],
    )
    await this.#redis.script('add', [this.#key('tallies')], values)
  }

  async totals(): Promise<Figures> {
    const found = await this.#redis.run(redis => redis.hgetall(this.#key('tallies')))
    const figures: Record<string, number | string> = {}
    for (const [name, text] of Object.entries(found)) {
      if (name.startsWith('t:')) figures[name.slice(2)] = text
      else if (name.startsWith('n:') && Number.isFinite(Number(text))) figures[name.slice(2)] = Number(text)
    }
    return figures
  }

  async heartbeat(holdings: Holdings): Promise<void> {
    const names = Object.keys(holdings)
    const keys = [this.#key('peers'), ...names.map(name => this.#key(`leases:${name}`))]
    await this.#redis.script('heartbeat', keys, [this.#peer, lifetimeMs, ...Object.values(holdings)])
  }

  async leave(): Promise<void> {
    // Frees its leases at once. It stays in the set: Redis drops an empty set, and a new one is taken for one that was lost.
    await this.#redis.run(redis => redis.zadd(this.#key('peers'), 'XX', 0, this.#peer))
  }

  get #redis(): RedisConnection {
    if (!this.#connection) throw new Error('Redis is away')
    return this.#connection
  }

  #key(name: string): string {
    return `${this.#namespace}:${name}`
  }
}

/** Pairs of a flat list of topics and texts, as scripts return them. */
function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((topic, index) =>
    index % 2 === 0 ? [[topic, flat[index + 1] ?? ''] as [string, string]] : [],
  )
}

/** Parses an event; undefined if it is not one that this version knows. */
function parseEvent(message: string): HubEvent | undefined {
  try {
    const { kind, name, topic, text, by } = parseJson(message) as Record<string, unknown>
    if (typeof by !== 'string') return undefined
    if (kind === 'posted' && typeof topic === 'string' && typeof text === 'string')
      return { kind, topic, text, by }
    if ((kind === 'freed' || kind === 'wanted') && typeof name === 'string') return { kind, name, by }
  } catch {
    // Not an event of ours.
  }
  return undefined
}
