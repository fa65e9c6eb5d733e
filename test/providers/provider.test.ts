import t from 'tap'
import type { ProviderConfig } from '../../src/config/schema.ts'
import { ChangedFields } from '../../src/providers/fields/changed-fields.ts'
import type { Test } from 'tap'
import { providerSchema } from '../../src/config/schema.ts'
import { builtInKinds, kindOf } from '../../src/providers/kinds.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'

/** The models among the given ones that a provider serves by its configuration. */
function served(t: Test, entry: object): string[] {
  const config = providerSchema.parse({ name: 'a', base_url: 'http://127.0.0.1:1/v1', ...entry })
  const provider = new Provider(config, openaiKind, 1_000)
  t.teardown(() => provider.close())
  return ['gpt-4', 'o1', 'claude-3', 'fast', ''].filter(model => provider.serves(model))
}

t.test('a provider that names no models serves any', async t => {
  t.equal(served(t, {}).length, 5)
  t.equal(served(t, { model_map: { fast: 'gpt-4' } }).length, 5)
})

t.test('a provider that lists models serves these and those it maps', async t => {
  t.same(served(t, { models: ['o1'], model_map: { fast: 'o1' } }), ['o1', 'fast'])
  t.same(served(t, { models: [] }), [])
})

t.test('a pattern serves the models that begin with it, and maps them by what follows', async t => {
  t.same(served(t, { models: ['gpt-*', 'cl*'] }), ['gpt-4', 'claude-3'])
  t.same(served(t, { models: ['*'] }).length, 5)
  const model_map = { 'openai/*': '*', 'openai/gpt-4*': 'azure-*', fast: 'x', 'local*': 'llama3' }
  const config = providerSchema.parse({ name: 'a', base_url: 'http://127.0.0.1:1/v1', model_map })
  const { models } = new Provider(config, openaiKind, 1_000)
  for (const [asked, sent] of [
    ['openai/o3', 'o3'],
    ['openai/gpt-4.1', 'azure-.1'],
    ['fast', 'x'],
    ['local-model', 'llama3'],
    ['other', 'other'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ] as const)
    t.equal(models.nameOf(asked), sent)
  t.ok(models.includes('anything'), 'a map alone is no list of models')
})

t.test('a map without patterns has its own names alone, not those of every object', async t => {
  const config = providerSchema.parse({
    name: 'a',
    base_url: 'http://127.0.0.1:1/v1',
    model_map: { fast: 'x' },
  })
  const { models } = new Provider(config, openaiKind, 1_000)
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    t.equal(models.nameOf(name), name)
  t.equal(models.nameOf('fast'), 'x')
})

t.test('a provider with prefixes also serves models that start with them', async t => {
  t.same(served(t, { model_prefixes: ['gpt-', 'o1'] }), ['gpt-4', 'o1'])
  t.same(served(t, { model_prefixes: ['gpt-'], models: ['claude-3'], model_map: { fast: 'x' } }), [
    'gpt-4',
    'claude-3',
    'fast',
  ])
})

t.test('a field that is left out at any value is listed once', async t => {
  const config = {
    drop: [],
    rename: {},
    model_fields: {},
    drop_unsupported: true,
  } as unknown as ProviderConfig
  const fields = new ChangedFields(config, body => body)
  const error = {
    message: "Unsupported parameter: 'temperature'",
    type: 'x',
    param: 'temperature',
    code: null,
  }
  for (const temperature of [1, 0.5])
    t.equal(
      fields.learn(error, 'm', () => ({ temperature })),
      'temperature',
    )
  t.same(fields.refusals(), [{ model: 'm', fields: ['temperature'] }])
})

t.test('the kind of a service is known by its host', async t => {
  const kinds = {
    get: (name: string) => builtInKinds.find(kind => kind.name === name),
    values: () => builtInKinds,
  }
  const nameFor = (base_url: string) => kindOf(providerSchema.parse({ name: 'a', base_url }), kinds).name
  t.equal(nameFor('https://generativelanguage.googleapis.com/v1beta/openai'), 'gemini')
  const vertex = 'https://aiplatform.googleapis.com/v1/projects/p/locations/l/endpoints/openapi'
  t.equal(nameFor(vertex), 'openai', 'which has the models of others, too')
  t.equal(nameFor('https://storage.googleapis.com/v1'), 'openai')
  t.equal(nameFor('http://127.0.0.1:1/v1'), 'openai')
})
