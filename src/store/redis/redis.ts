import { randomUUID } from 'node:crypto'
import type { Center, CenterEvent, Holdings, Link, LinkListener } from '../hub.ts'
import { RedisLink } from './connection.ts'
import type { RedisSettings } from './connection.ts'
import { RedisValues } from './values.ts'
import type { Figures, WindowState } from '../store.ts'

/** Milliseconds after which a member that is not heard of has lost its leases, and its place in a line. */
const lifetimeMs = 10_000
const patienceMs = 1_500

/** A center in Redis. All keys start with the namespace. */
export class RedisCenter implements Center, Link {
  readonly kind = 'redis'
  readonly center = this
  readonly values: RedisValues
  readonly #settings: RedisSettings
  readonly #member = randomUUID()
  readonly #namespace: string
  #link: RedisLink | undefined

  constructor(settings: RedisSettings, namespace: string) {
    this.#settings = settings
    this.#namespace = namespace
    this.values = new RedisValues(command => this.#there.run(command))
  }

  async open({ onUp, onDown, onEvent }: LinkListener): Promise<void> {
    const onMessage = (message: string) => {
      const event = parseEvent(message)
      if (event && event.by !== this.#member) onEvent(event)
    }
    const channel = this.#key('events')
    this.#link = await RedisLink.create(this.#settings, channel, { onUp, onDown, onMessage })
    await this.#link.connect()
  }

  async close(): Promise<void> {
    this.#link?.close()
  }

  async takeLeases(name: string, limit: number, amount: number): Promise<number> {
    const keys = ['events', 'members', `leases:${name}`, `line:${name}`].map(key => this.#key(key))
    const values = [this.#member, name, limit, amount, lifetimeMs, patienceMs]
    return Number(await this.#there.script('takeLeases', keys, values))
  }

  async giveLeases(name: string, amount: number): Promise<void> {
    const keys = ['events', `leases:${name}`, `line:${name}`].map(key => this.#key(key))
    await this.#there.script('giveLeases', keys, [this.#member, name, amount])
  }

  async draw(name: string, size: number, amount: number): Promise<number> {
    return Number(
      await this.#there.script('useBudget', [this.#key(`budget:${name}`)], [size, amount, 'draw']),
    )
  }

  async use(name: string, size: number, amount: number): Promise<void> {
    await this.#there.script('useBudget', [this.#key(`budget:${name}`)], [size, amount, 'use'])
  }

  async count(key: string, windowMs: number): Promise<WindowState> {
    const reply = await this.#there.script('count', [this.#key(`window:${key}`)], [Math.ceil(windowMs)])
    const [count, endsInMs] = reply as [number, number]
    return { count, endsInMs }
  }

  async post(topic: string, text: string, ttlMs: number): Promise<void> {
    const keys = [this.#key('events'), this.#key('notices')]
    await this.#there.script('post', keys, [this.#member, topic, text, Math.ceil(ttlMs)])
  }

  async posts(): Promise<readonly (readonly [string, string])[]> {
    const found = (await this.#there.script('posts', [this.#key('notices')], [this.#member])) as string[]
    return pairsOf(found)
  }

  async epoch(): Promise<string> {
    return String(await this.#there.script('epoch', [this.#key('tallies')], [randomUUID()]))
  }

  async add(figures: Figures): Promise<void> {
    const values = Object.entries(figures).flatMap(([name, value]) =>
      typeof value === 'number' ? [`n:${name}`, value] : [`t:${name}`, value],
    )
    await this.#there.script('add', [this.#key('tallies')], values)
  }

  async totals(): Promise<Figures> {
    const found = await this.#there.run(redis => redis.hgetall(this.#key('tallies')))
    const figures: Record<string, number | string> = {}
    for (const [name, text] of Object.entries(found)) {
      if (name.startsWith('t:')) figures[name.slice(2)] = text
      else if (name.startsWith('n:') && Number.isFinite(Number(text))) figures[name.slice(2)] = Number(text)
    }
    return figures
  }

  async beat(holdings: Holdings): Promise<void> {
    const names = Object.keys(holdings)
    const keys = [this.#key('members'), ...names.map(name => this.#key(`leases:${name}`))]
    await this.#there.script('beat', keys, [this.#member, lifetimeMs, ...Object.values(holdings)])
  }

  async leave(): Promise<void> {
    await this.#there.run(redis => redis.zrem(this.#key('members'), this.#member))
  }

  get #there(): RedisLink {
    if (!this.#link) throw new Error('Redis is away')
    return this.#link
  }

  #key(name: string): string {
    return `${this.#namespace}:${name}`
  }
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((topic, index) =>
    index % 2 === 0 ? [[topic, flat[index + 1] ?? ''] as [string, string]] : [],
  )
}

/** What a message says; undefined where it is none that this version knows. */
function parseEvent(message: string): CenterEvent | undefined {
  try {
    const { kind, name, topic, text, by } = JSON.parse(message) as Record<string, unknown>
    if (typeof by !== 'string') return undefined
    if (kind === 'posted' && typeof topic === 'string' && typeof text === 'string')
      return { kind, topic, text, by }
    if ((kind === 'freed' || kind === 'wanted') && typeof name === 'string') return { kind, name, by }
  } catch {
    // Not ours.
  }
  return undefined
}
