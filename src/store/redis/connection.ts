import type { Redis, RedisOptions } from 'ioredis'
import { scripts } from './scripts.ts'
import type { ScriptName } from './scripts.ts'
import { within } from '../../time/within.ts'

export interface RedisSettings {
  readonly url: string
  readonly password?: string | undefined
  /** Milliseconds an answer may take. */
  readonly timeoutMs: number
}

/** Milliseconds for a connection and its handshake, and for one that is given up to close. */
const connectMs = 1_000
const closeMs = 50
/**
 * Least milliseconds between attempts to connect; up to as many come on top, so that members do not come at once. Doubles
 * up to the longest while what was connected does not hold for so long either.
 */
const retryMs = 250
const longestRetryMs = 2_000

export interface RedisListener {
  /** Both connections are there, with all scripts loaded. Rejects where Redis cannot be used after all. */
  readonly onUp: () => Promise<void>
  readonly onDown: (reason: Error) => void
  readonly onMessage: (message: string) => void
}

/**
 * Two connections to Redis: for commands, and for what it tells. A command that fails or takes too long ends both, since
 * nothing is known about what comes after it; they are made anew until Redis answers as it should.
 */
export class RedisLink {
  readonly #timeoutMs: number
  readonly #channel: string
  readonly #commands: Redis
  readonly #events: Redis
  readonly #listener: RedisListener
  readonly #hashes = new Map<ScriptName, string>()
  #ready = false
  #entering: Promise<void> | undefined
  #closed = false
  #readyAt = 0
  #retryMs = retryMs

  private constructor(
    make: (retry: () => number) => Redis,
    channel: string,
    timeoutMs: number,
    listener: RedisListener,
  ) {
    const retry = () => this.#retryMs * (1 + Math.random())
    this.#timeoutMs = timeoutMs
    this.#channel = channel
    this.#listener = listener
    this.#commands = make(retry)
    this.#events = make(retry)
    this.#events.on('message', (_channel: string, message: string) => listener.onMessage(message))
    for (const redis of [this.#commands, this.#events]) {
      redis.on('ready', () => this.#enter())
      redis.on('close', () => this.#drop(new Error('the connection to Redis is closed')))
      // What fails is told by the commands, and by the connection that closes.
      redis.on('error', () => {})
    }
  }

  static async create(settings: RedisSettings, channel: string, listener: RedisListener): Promise<RedisLink> {
    const { Redis } = await import('ioredis')
    const make = (retry: () => number) => new Redis(settings.url, optionsOf(settings, retry))
    return new RedisLink(make, channel, settings.timeoutMs, listener)
  }

  /** Settles once that has gone well or not for the first time. From then on it is tried for ever. */
  async connect(): Promise<void> {
    await Promise.allSettled([this.#commands.connect(), this.#events.connect()])
    await this.#entering
  }

  /** Runs a script, or rejects where Redis is away. */
  async script(
    name: ScriptName,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    const hash = this.#hashes.get(name) ?? ''
    return await this.run(redis => redis.call('EVALSHA', [hash, keys.length, ...keys, ...values]))
  }

  /** Runs a command, or rejects where Redis is away. */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.#ready) throw new Error('Redis is away')
    try {
      return await this.#answered(command(this.#commands))
    } catch (error) {
      this.#drop(error as Error)
      throw error
    }
  }

  close(): void {
    this.#closed = true
    this.#ready = false
    this.#commands.disconnect()
    this.#events.disconnect()
  }

  #enter(): void {
    if (this.#ready || this.#commands.status !== 'ready' || this.#events.status !== 'ready') return
    this.#ready = true
    this.#readyAt = performance.now()
    this.#entering = this.#prepare().catch((error: unknown) => this.#drop(error as Error))
  }

  async #prepare(): Promise<void> {
    await this.#answered(this.#events.subscribe(this.#channel))
    await this.run(async redis => {
      const load = async ([name, text]: [string, string]) =>
        this.#hashes.set(name as ScriptName, String(await redis.script('LOAD', text)))
      await Promise.all(Object.entries(scripts).map(load))
    })
    await this.#listener.onUp()
  }

  #answered<T>(answer: Promise<T>): Promise<T> {
    const late = () => new Error(`Redis did not answer within ${this.#timeoutMs} ms`)
    return within(answer, this.#timeoutMs, late)
  }

  #drop(reason: Error): void {
    if (!this.#ready || this.#closed) return
    this.#ready = false
    const heldMs = performance.now() - this.#readyAt
    this.#retryMs = heldMs < longestRetryMs ? Math.min(this.#retryMs * 2, longestRetryMs) : retryMs
    this.#listener.onDown(reason)
    this.#commands.disconnect(true)
    this.#events.disconnect(true)
  }
}

function optionsOf({ password }: RedisSettings, retryStrategy: () => number) {
  return {
    ...(password !== undefined && { password }),
    lazyConnect: true,
    protocol: 2 as const,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connectMs,
    commandTimeout: connectMs,
    disconnectTimeout: closeMs,
    retryStrategy,
  } satisfies RedisOptions
}
