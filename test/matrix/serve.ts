import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Logger } from 'pino'
import { followConfig } from '../../src/cli/reload.ts'
import { compose } from '../../src/cli/compose.ts'
import type { Composition, Prepared } from '../../src/cli/compose.ts'
import { createLoggerTo } from '../../src/cli/output/log/log.ts'
import { knownKinds } from '../../src/cli/known-kinds.ts'
import { loadConfig } from '../../src/config/load/load.ts'
import type { LoadedConfig } from '../../src/config/load/load.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import type { RunningServer } from '../../src/server/listen.ts'
import { CurrentLedger } from '../../src/ledger/current-ledger.ts'
import { startServer } from '../../src/server/listen.ts'
import { fakeProvider } from '../fake-provider.ts'
import type { FakeProvider, Script } from '../fake-provider.ts'
import { canaries, promptCanary } from './canaries.ts'
import { Client } from './client.ts'
import { leftOver, resources } from './resources.ts'

export { canaries } from './canaries.ts'

type Entry = NonNullable<ConfigInput['providers']>[number]

export interface ServeOptions {
  /** The configuration, over defaults for tests: no health checks, and retries without a delay. */
  readonly config?: Omit<ConfigInput, 'providers'>
  /** Additions to each provider's entry. */
  readonly entries?: readonly Partial<Entry>[]
  /** Complete entries that follow those of the fakes, such as one for a closed port. */
  readonly more?: readonly Entry[]
}

/** A provider as `GET /providers` shows it. */
export interface Shown {
  readonly name: string
  readonly status: string
  readonly active: number
  readonly requests: number
  readonly failures: number
}

/** The real server over fake providers named a, b, c ... */
export class Served {
  readonly fakes: readonly FakeProvider[]
  readonly running: RunningServer<Prepared>
  readonly composition: Composition
  readonly client: Client
  readonly loaded: LoadedConfig
  /** Reads the configuration file again. */
  readonly load: () => LoadedConfig
  readonly logger: Logger
  /** Every line that was logged, at trace level. */
  readonly log: readonly string[]

  constructor(parts: Omit<Served, 'port' | 'providers' | 'status' | 'received' | 'reloader'>) {
    this.fakes = parts.fakes
    this.running = parts.running
    this.composition = parts.composition
    this.client = parts.client
    this.loaded = parts.loaded
    this.load = parts.load
    this.logger = parts.logger
    this.log = parts.log
  }

  get port(): number {
    return Number(new URL(this.running.url).port)
  }

  async providers(): Promise<readonly Shown[]> {
    const operator = this.composition.currentConfig.value.clients.find(({ role }) => role === 'operator')
    const headers = operator && { authorization: `Bearer ${operator.key}` }
    const { text } = await this.client.get('/providers', headers)
    return (JSON.parse(text) as { providers: Shown[] }).providers
  }

  async status(name: string): Promise<string | undefined> {
    return (await this.providers()).find(provider => provider.name === name)?.status
  }

  /** Returns a function that reloads the configuration now, as a signal does. */
  reloader(): () => void {
    const { check } = this.running.prepared
    // No files are watched: they are read when the test says so.
    return followConfig({
      loaded: { ...this.loaded, watched: [] },
      currentConfig: this.composition.currentConfig,
      log: this.logger,
      load: () => check(this.load()),
    })
  }

  /** The number of requests that each fake has received. */
  get received(): readonly number[] {
    return this.fakes.map(fake => fake.requests.length)
  }
}

/**
 * Starts the whole server in this process over a fake provider for each script. When the test ends, it asserts what
 * must hold after every test: nothing running, waiting, open or ticking, and no canary anywhere.
 */
export async function serve(
  t: Test,
  scripts: readonly (Script | undefined)[],
  options: ServeOptions = {},
): Promise<Served> {
  const baseline = resources()
  const fakes = await Promise.all(scripts.map(script => fakeProvider(t, script)))
  const load = configure(t, fakes, options)
  const loaded = load()
  const log: string[] = []
  const logger = createLoggerTo({ write: (line: string) => log.push(line) }, 'debug')
  logger.level = 'trace'
  const composition = compose({ loaded, log: logger })
  const signals: AbortSignal[] = []
  // Most tests need none, and would wait for its thread.
  const ledger = new CurrentLedger(({ ledger: { path = ':memory:' } }) => path, logger)
  if (options.config?.ledger) await ledger.follow(composition.currentConfig)
  const running = await startServer({
    ...composition,
    ledger,
    prepare: async app => {
      app.addHook('onRequest', async ({ exchange }) => void signals.push(exchange.controller.signal))
      return await composition.prepare(app)
    },
  })
  const client = new Client(running.url)
  const served = new Served({ fakes, running, composition, client, loaded, load, logger, log })
  t.teardown(async () => {
    const wrong = await leftRunning(served)
    await running.stop()
    await client.close()
    await Promise.all(fakes.map(fake => fake.close()))
    if (signals.some(signal => getEventListeners(signal, 'abort').length > 0)) wrong.push('an abort listener')
    wrong.push(...(await leftOver(baseline)), ...canariesIn(served))
    assert.deepEqual(wrong, [], 'left behind')
  })
  return served
}

/** Rewrites the configuration file of a test. */
export function writeConfig(t: Test, text: string): void {
  writeFileSync(join(t.testdirName, 'hulumanage.yaml'), text)
}

/** A configuration over these fakes, as JSON, which is YAML. */
export function configText(
  fakes: readonly FakeProvider[],
  { config, entries = [], more = [] }: ServeOptions,
): string {
  const providers = fakes.map((fake, index) => ({
    name: 'abcdefgh'[index],
    base_url: fake.url,
    api_key: `${canaries.provider}-${index}`,
    ...entries[index],
  }))
  const { routing, ...rest } = config ?? {}
  return JSON.stringify({
    host: '127.0.0.1',
    port: 0,
    api_keys: [canaries.client],
    drain_timeout: 1,
    // So that tests can read the error; test/server/stream/failure.test.ts tests the default.
    stream_failure: 'event',
    monitoring: { log_level: 'trace' },
    ...rest,
    routing: { strategy: 'failover', health_check: { enabled: false }, ...routing },
    providers: [...providers, ...more],
  })
}

function configure(t: Test, fakes: readonly FakeProvider[], options: ServeOptions): () => LoadedConfig {
  const cwd = t.testdir({ 'hulumanage.yaml': configText(fakes, options) })
  return () => loadConfig({ cwd, home: cwd, env: {}, kinds: knownKinds(builtInKinds) })
}

/**
 * Lists requests and calls that are still running after the test. Those that end with a message over a socket get the
 * turns of the event loop that they need.
 */
async function leftRunning(served: Served): Promise<string[]> {
  const { inFlight } = served.running.app
  await until(() => inFlight.size === 0)
  const wrong = inFlight.size === 0 ? [] : [`${inFlight.size} requests being answered`]
  if (inFlight.draining) return wrong
  const busy = async () => (await served.providers()).filter(({ active }) => active !== 0)
  await until(async () => (await busy()).length === 0)
  wrong.push(...(await busy()).map(({ name, active }) => `${active} calls of provider ${name}`))
  for (const path of ['/health', '/metrics', '/v1/models']) await served.client.get(path)
  return wrong
}

/** Lists the places where a key or a prompt has leaked. */
function canariesIn({ log, client, fakes }: Served): string[] {
  const secrets = Object.values(canaries).flatMap(key => [key, btoa(key).slice(0, 24)])
  const holds = (text: string) => secrets.some(secret => text.includes(secret))
  const sent = fakes.flatMap(fake => [...fake.requests, ...fake.checks])
  return [
    ...log
      .filter(line => holds(line) || line.includes(promptCanary))
      .map(line => `a canary in the log: ${line}`),
    ...client.heard.filter(holds).map(text => `a canary reached a client: ${text}`),
    ...(JSON.stringify(sent).includes(canaries.client) ? ['the key of the client reached a provider'] : []),
  ]
}

/**
 * Waits, one turn of the event loop at a time, until `holds` returns true; returns after a minute at most. The
 * caller asserts.
 */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await holds()) && performance.now() < end) await new Promise(setImmediate)
}
