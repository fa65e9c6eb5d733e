import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { parse, stringify } from 'yaml'
import type { Config } from '../../src/config/schema.ts'
import { stuck, serve } from '../clients/serve.ts'
import { answer, error, fakeProvider, hold } from '../fake-provider.ts'
import type { FakeProvider, Script } from '../fake-provider.ts'
import { TestClock } from '../test-clock.ts'

/** The configurations of the proxy documents, as users copy them. */
const text = readFileSync(join(import.meta.dirname, '../fixtures/proxy-documents.md'), 'utf8')
const examples = text
  .split(/^## /m)
  .slice(1)
  .map(part => ({ title: part.split('\n')[0]!, yaml: /```yaml\n(.*?)```/s.exec(part)![1]! }))

interface World {
  readonly config: Config
  /** The fakes that replace the providers of the example, or the default upstream. */
  readonly fakes: ReadonlyMap<string, FakeProvider>
  readonly ask: (model: string) => Promise<Response>
}

const defaultUpstream = 'default upstream'

/** Runs an example verbatim; only its addresses are replaced, after it has been read and checked. */
async function run(t: Test, yaml: string, scripts: Readonly<Record<string, Script>> = {}): Promise<World> {
  const fakes = new Map<string, FakeProvider>()
  const names = (parse(yaml) as Partial<Config>).providers?.map(({ name }) => name) ?? [defaultUpstream]
  for (const name of names) fakes.set(name, await fakeProvider(t, scripts[name] ?? answer('ok')))
  let read: Config | undefined
  const adapt = (config: Config): Config => {
    read = config
    const providers = config.providers.map(one => ({ ...one, base_url: fakes.get(one.name)!.url }))
    return { ...config, providers, base_url: fakes.get(defaultUpstream)?.url }
  }
  const url = await serve(t, complete(yaml), { env: environmentFor(yaml), adapt })
  const ask = (model: string) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    })
  return {
    config: read!,
    fakes,
    ask: async model => {
      const response = await ask(model)
      await response.clone().text()
      t.same(await stuck(url), [], 'no provider is busy')
      return response
    },
  }
}

/** Returns a value for each variable that a text names; the value of a key contains the name of its variable. */
function environmentFor(yaml: string): Record<string, string> {
  const names = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(match => match[1]!)
  const values = names.map(name => [
    name,
    name.includes('ENDPOINT') ? 'https://host.test/v1' : `value-of-${name}`,
  ])
  return { OPENAI_API_KEY: 'value-of-OPENAI_API_KEY', ...Object.fromEntries(values) }
}

/** Adds the addresses that a partial example leaves to the reader. */
function complete(yaml: string): string {
  const tree = parse(yaml) as { providers?: { base_url?: string }[] }
  if (!tree.providers?.some(provider => provider.base_url === undefined)) return yaml
  return stringify({
    ...tree,
    providers: tree.providers.map(one => ({ base_url: 'https://host.test/v1', ...one })),
  })
}

/** Computes the share of requests that each provider gets while all are healthy. */
function shares({ providers, routing }: Config): Record<string, number> {
  const active = providers.filter(({ fallback_only: fallback }) => !fallback)
  if (routing.strategy === 'failover') return { [active[0]!.name]: active.length }
  return Object.fromEntries(
    active.map(({ name, weight }) => [name, routing.strategy === 'weighted' ? weight : 1]),
  )
}

for (const [index, { title, yaml }] of examples.entries()) {
  t.test(`configuration ${index + 1}, ${title}, serves unchanged`, async t => {
    const { config, fakes, ask } = await run(t, yaml)
    const expected = config.providers.length > 0 ? shares(config) : { [defaultUpstream]: 1 }
    const total = Object.values(expected).reduce((sum, share) => sum + share, 0)
    for (let count = 0; count < total; count += 1) t.equal((await ask('proxy-gpt-4')).status, 200)
    const got = [...fakes].map(([name, fake]) => [name, fake.requests.length] as const)
    t.same(Object.fromEntries(got.filter(([, requests]) => requests > 0)), expected)
    for (const { name, api_key: key, model_map: mapped } of config.providers) {
      for (const { headers, body } of fakes.get(name)!.requests) {
        t.equal(headers['authorization'], key === undefined ? undefined : `Bearer ${key}`)
        t.equal(body['model'], mapped['gpt-4'] ?? 'gpt-4')
      }
    }
  })
}

/** The example with this title. */
function example(title: string): string {
  return examples.find(one => one.title === title)!.yaml
}

t.test('keys come from the variables that the configuration names', async t => {
  const { fakes, ask } = await run(t, example('Multi-Cloud Setup'))
  for (let count = 0; count < 6; count += 1) await ask('gpt-4')
  const keys = [...fakes].map(([name, { requests }]) => [name, requests[0]?.headers['authorization']])
  t.same(Object.fromEntries(keys), {
    openai: 'Bearer value-of-OPENAI_API_KEY',
    azure: 'Bearer value-of-AZURE_API_KEY',
    together: 'Bearer value-of-TOGETHER_API_KEY',
  })
})

t.test('each provider gets its own name for the model', async t => {
  const { fakes, ask } = await run(t, example('Model-Specific Routing'))
  for (const model of ['gpt-4', 'gpt-3.5-turbo'])
    for (let count = 0; count < 2; count += 1) await ask(`proxy-${model}`)
  const models = (name: string) => fakes.get(name)!.requests.map(({ body }) => body['model'])
  t.same(models('azure'), ['gpt-4-deployment-001', 'gpt-35-turbo-deployment'])
  t.same(models('openai'), ['gpt-4', 'gpt-3.5-turbo'])
})

t.test('the backup is asked only when all primary providers fail, in the same request', async t => {
  const down = { primary_1: error(500), primary_2: error(503) }
  const { fakes, ask } = await run(t, example('Failover Configuration'), down)
  const response = await ask('gpt-4')
  t.equal(response.status, 200)
  t.equal(response.headers.get('x-hulumanage-provider'), 'emergency_backup')
  t.equal(response.headers.get('x-hulumanage-attempts'), '3')
  t.ok([...fakes.values()].every(({ requests }) => requests.length === 1))
})

t.test('a provider that times out is doubted, and the next one answers the same request', async t => {
  const clock = TestClock.start(t)
  const yaml = `${example('Local Development Setup')}\ntimeouts: { request: 50 }\n`
  const { fakes, ask } = await run(t, yaml, { local_primary: hold() })
  const asking = ask('gpt-4')
  await fakes.get('local_primary')!.waitFor(1)
  await clock.pass(50)
  const response = await asking
  t.equal(response.status, 200)
  t.equal(response.headers.get('x-hulumanage-provider'), 'local_backup')
  t.equal(fakes.get('local_primary')!.requests.length, 1)
  const providers = (await (await fetch(new URL('/providers', response.url))).json()) as object
  t.match(providers, {
    providers: [
      { name: 'local_primary', status: 'degraded' },
      { name: 'local_backup', status: 'healthy' },
    ],
  })
})
