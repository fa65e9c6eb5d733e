import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { compose } from '../../src/cli/compose.ts'
import { knownKinds } from '../../src/cli/known-kinds.ts'
import { loadConfig } from '../../src/config/load/load.ts'
import type { Config, ConfigInput } from '../../src/config/schema.ts'
import { builtInKinds } from '../../src/providers/kinds.ts'
import { startServer } from '../../src/server/listen.ts'
import { fakeProvider } from '../fake-provider.ts'
import type { FakeProvider, Script } from '../fake-provider.ts'
import { leaks, providerKey } from './leaks.ts'
import { silentLog } from '../silent-log.ts'

/** The key that clients send: any string, as the documents say. */
export const clientKey = 'sk-client'

export interface World {
  /** The URL of the server, with `/v1`. */
  readonly baseURL: string
  readonly openai: OpenAI
  /** The first provider, usually the only one. */
  readonly provider: FakeProvider
  readonly providers: readonly FakeProvider[]
}

/** Starts the whole server with one fake provider for each script; `--approach proxy` unless the configuration says otherwise. */
type Start = (scripts: readonly [Script, ...Script[]], config?: ConfigInput) => Promise<World>

/**
 * Defines a test of the whole server. The test fails if a provider is still busy at its end or has received something
 * of ours.
 */
export function clientTest(name: string, work: (t: Test, start: Start) => Promise<void>): void {
  void t.test(name, async t => {
    const checks: (() => Promise<void>)[] = []
    await work(t, async (scripts, config = {}) => {
      const providers: FakeProvider[] = []
      for (const script of scripts) providers.push(await fakeProvider(t, script))
      const url = await serve(t, JSON.stringify({ ...configFor(providers), ...config }))
      checks.push(async () => {
        t.same(await stuck(url, config.api_keys?.[0]), [], 'no provider is busy')
        t.same(providers.flatMap(leaks), [], 'nothing of ours has reached a provider')
      })
      const baseURL = `${url}/v1`
      const openai = new OpenAI({ baseURL, apiKey: clientKey, maxRetries: 0 })
      return { baseURL, openai, provider: providers[0]!, providers }
    })
    for (const check of checks) await check()
  })
}

function configFor(providers: readonly FakeProvider[]): ConfigInput {
  return {
    approach: 'proxy',
    // So that tests can read the error; test/server/stream/failure.test.ts and test/plugins/proxy/recovery test the defaults.
    stream_failure: 'event',
    routing: { health_check: { enabled: false }, stream_recovery: 'off' },
    providers: providers.map(({ url }, index) => ({
      name: `provider-${index}`,
      base_url: url,
      api_key: providerKey(index),
    })),
  }
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** Changes the checked configuration, for example to replace real addresses with those of fakes. */
  readonly adapt?: (config: Config) => Config
}

/** Starts the server as the program does, from the text of a configuration file. It closes with the test. */
export async function serve(t: Test, text: string, { env = {}, adapt }: Surroundings = {}): Promise<string> {
  const folder = t.testdir({})
  const file = join(folder, 'hulumanage.yaml')
  writeFileSync(file, text)
  const kinds = knownKinds(builtInKinds)
  const loaded = loadConfig({ cwd: folder, home: folder, env, flags: { config: file, port: '0' }, kinds })
  const server = await startServer(compose({ loaded, log: silentLog, ...(adapt && { adapt }) }))
  t.teardown(() => server.app.close())
  return server.url
}

/** Names of providers that hold a slot. */
export async function busy(url: string, key = ''): Promise<string[]> {
  const response = await fetch(`${url}/providers`, { headers: { authorization: `Bearer ${key}` } })
  const { providers } = (await response.json()) as { providers: { name: string; active: number }[] }
  return providers.filter(({ active }) => active > 0).map(({ name }) => name)
}

/**
 * Names of providers that keep a slot: the server may hear late that a client has left, or that the body of an answer has
 * ended.
 */
export async function stuck(url: string, key?: string): Promise<string[]> {
  let names = await busy(url, key)
  for (let round = 0; names.length > 0 && round < 1000; round++) names = await busy(url, key)
  return names
}

/** Returns the error that a client's call throws; fails if it throws no error. */
export async function errorOf(asked: Promise<unknown>): Promise<unknown> {
  try {
    await asked
  } catch (error) {
    return error
  }
  throw new Error('the call should have failed')
}
