import { within } from '../../time/within.ts'
import { clientFactory, isOtherType, serversOf } from './client.ts'
import type { Client, RedisSettings } from './client.ts'
import { removeOthers, scripts, typesOf } from './scripts.ts'
import type { ScriptName } from './scripts.ts'

/** Maximum milliseconds for the first attempt to connect, including a question to each of some sentinels. */
const startMs = 3_000
/**
 * Minimum milliseconds between attempts to connect. Up to as many are added at random, so that peers do not reconnect
 * all at once. Doubles up to the maximum while connections break within that time.
 */
const retryMs = 250
const maxRetryMs = 2_000
/** Milliseconds in which a client has disconnected, unless it never will. */
const disconnectedMs = 1_000

export interface RedisListener {
  /** Both connections are ready, with all scripts loaded. Rejects if Redis cannot be used after all. */
  readonly onUp: () => Promise<void>
  readonly onDown: (reason: Error) => void
  readonly onMessage: (message: string) => void
}

/**
 * Two connections to Redis, one for commands and one for events. A command that fails or is late closes both, because
 * whatever follows it is uncertain; they are replaced until Redis answers as it should.
 */
export class RedisConnection {
  readonly #timeoutMs: number
  readonly #channel: string
  readonly #commands: Client
  readonly #events: Client
  readonly #listener: RedisListener
  readonly #hashes = new Map<ScriptName, string>()
  #ready = false
  #preparing: Promise<void> | undefined
  #closed = false
  #readyAt = 0
  #retryMs = retryMs

  private constructor(
    create: (retry: () => number) => Client,
    channel: string,
    timeoutMs: number,
    listener: RedisListener,
  ) {
    const retry = () => this.#retryMs * (1 + Math.random())
    this.#timeoutMs = timeoutMs
    this.#channel = channel
    this.#listener = listener
    this.#commands = create(retry)
    this.#events = create(retry)
    this.#events.on('message', (_channel: string, message: string) => listener.onMessage(message))
    for (const redis of [this.#commands, this.#events]) {
      redis.on('ready', () => this.#onReady())
      redis.on('disconnecting', () => this.#endLater(redis))
      redis.on('close', () => this.#drop(new Error('the connection to Redis is closed')))
      // Failures are reported by the commands, and by the connection that closes.
      redis.on('error', () => {})
    }
  }

  /** Creates both connections without connecting them. */
  static async create(
    settings: RedisSettings,
    channel: string,
    listener: RedisListener,
  ): Promise<RedisConnection> {
    return new RedisConnection(await clientFactory(settings), channel, settings.timeoutMs, listener)
  }

  /** Settles once the first attempt has succeeded or failed. Attempts continue until `close`. */
  async connect(): Promise<void> {
    const both = Promise.allSettled([this.#commands.connect(), this.#events.connect()])
    // Sentinels are asked until one answers.
    await within(both, startMs, () => new Error('late')).catch(() => {})
    // A cluster reports that it is ready only after that.
    this.#onReady()
    await this.#preparing
  }

  /** Runs a script, without those of its keys that are of another type; rejects if Redis is away. */
  async script(
    name: ScriptName,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    const hash = this.#hashes.get(name) ?? ''
    const evaluate = () => this.run(redis => redis.call('EVALSHA', [hash, keys.length, ...keys, ...values]))
    try {
      return await evaluate()
    } catch (error) {
      if (!isOtherType(error)) throw error
      // The other keys keep what they count, so that no limit is exceeded. Lost leases return with the next heartbeat.
      const types = typesOf(name, keys)
      const [names, expected] = [types.map(([key]) => key), types.map(([, type]) => type)]
      await this.run(redis => redis.eval(removeOthers, names.length, ...names, ...expected))
      return await evaluate()
    }
  }

  /** Runs a command; rejects if Redis is away. */
  async run<T>(command: (redis: Client) => Promise<T>): Promise<T> {
    try {
      return await this.#send(command)
    } catch (error) {
      // Redis works: somebody else uses the key.
      if (!isOtherType(error)) this.#drop(error as Error)
      throw error
    }
  }

  /**
   * Runs a command on values, of which any node of a cluster may have each: that one is lost or late says nothing about
   * what is shared. Rejects if Redis is away, or that node.
   */
  async runOnValues<T>(command: (redis: Client) => Promise<T>): Promise<T> {
    return await (this.#commands.isCluster ? this.#send(command) : this.run(command))
  }

  #send<T>(command: (redis: Client) => Promise<T>): Promise<T> {
    return this.#ready ? this.#inTime(command(this.#commands)) : Promise.reject(new Error('Redis is away'))
  }

  close(): void {
    this.#closed = true
    this.#ready = false
    this.#commands.disconnect()
    this.#events.disconnect()
  }

  #onReady(): void {
    if (this.#ready || this.#closed || this.#commands.status !== 'ready' || this.#events.status !== 'ready')
      return
    this.#ready = true
    this.#readyAt = performance.now()
    this.#preparing = this.#prepare().catch((error: unknown) => this.#drop(error as Error))
  }

  async #prepare(): Promise<void> {
    await this.#inTime(this.#events.subscribe(this.#channel))
    await this.run(async redis => {
      // A node of a cluster that is lost holds up nothing. Whether the one with what is shared works is found out next, and
      // it is asked in this order.
      const load = async ([name, { text }]: [string, { readonly text: string }]) => {
        const hash = await Promise.any(serversOf(redis).map(server => server.script('LOAD', text)))
        this.#hashes.set(name as ScriptName, hash as string)
      }
      await Promise.all(Object.entries(scripts).map(load))
    })
    await this.#listener.onUp()
  }

  #inTime<T>(answer: Promise<T>): Promise<T> {
    const late = () => new Error(`Redis did not answer within ${this.#timeoutMs} ms`)
    return within(answer, this.#timeoutMs, late)
  }

  #drop(reason: Error): void {
    if (!this.#ready || this.#closed) return
    this.#ready = false
    const heldMs = performance.now() - this.#readyAt
    this.#retryMs = heldMs < maxRetryMs ? Math.min(this.#retryMs * 2, maxRetryMs) : retryMs
    this.#listener.onDown(reason)
    this.#commands.disconnect(true)
    this.#events.disconnect(true)
  }

  /**
   * A cluster that learns of a node while it disconnects, for our sake or its own, waits for the end of a connection that it has
   * never made: only another call ends it.
   */
  #endLater(redis: Client): void {
    const end = () => {
      if (redis.status === 'disconnecting' && !this.#closed) redis.disconnect(true)
    }
    setTimeout(end, disconnectedMs).unref()
  }
}
