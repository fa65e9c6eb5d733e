import t from 'tap'
import type { Test } from 'tap'
import { providerSchema } from '../../../src/config/schema.ts'
import { anthropicKind } from '../../../src/providers/anthropic/anthropic.ts'
import { builtInKinds, kindOf } from '../../../src/providers/kinds.ts'
import { Provider } from '../../../src/providers/provider.ts'
import { attempt } from '../../../src/attempt/attempt.ts'
import { ask, callOf } from '../../call.ts'
import { event, eventsOf, eventStream } from '../../fake-messages.ts'
import { fakeProvider } from '../../fake-provider.ts'

function providerOf(t: Test, entry: object): Provider {
  const provider = new Provider(providerSchema.parse({ name: 'claude', ...entry }), anthropicKind, 1_000)
  t.teardown(() => provider.close())
  return provider
}

function outgoingOf(provider: Provider, clientKey?: string) {
  const request = ask()
  const options = { requestId: 'request-1', clientKey }
  return provider.outgoing('chat', request, provider.wayOf(request, undefined), options)
}

function headersOf(provider: Provider, clientKey?: string): Record<string, string> {
  const { headers } = outgoingOf(provider, clientKey)
  const pairs = Array.from({ length: headers.length / 2 }, (_, at) => headers.slice(2 * at, 2 * at + 2))
  return Object.fromEntries(pairs) as Record<string, string>
}

t.test('the kind is recognized by its host, and needs no address', async t => {
  const kinds = {
    get: (name: string) => builtInKinds.find(kind => kind.name === name),
    values: () => builtInKinds,
  }
  const entry = providerSchema.parse({ name: 'claude', base_url: 'https://api.anthropic.com/v1' })
  t.equal(kindOf(entry, kinds), anthropicKind)
  const { origin, path } = outgoingOf(providerOf(t, {}))
  t.equal(origin + path, 'https://api.anthropic.com/v1/messages')
  t.equal(providerOf(t, {}).modelsCall().path, '/v1/models')
})

t.test('the model has the name that this provider uses', async t => {
  const provider = providerOf(t, { model_map: { 'gpt-4': 'claude-opus' } })
  const { body } = outgoingOf(provider)
  t.match(JSON.parse(body as string), { model: 'claude-opus' })
})

t.test("the key is sent in its own header, whether it is ours or the client's", async t => {
  const ours = headersOf(providerOf(t, { api_key: 'sk-ant' }), 'sk-client')
  t.match(ours, { 'x-api-key': 'sk-ant', 'anthropic-version': '2023-06-01' })
  const theirs = headersOf(providerOf(t, { api_key: 'sk-ant', forward_client_key: true }), 'sk-client')
  t.match(theirs, { 'x-api-key': 'sk-client' })
  t.notOk('authorization' in ours || 'authorization' in theirs)
})

t.test('headers of the configuration replace its own', async t => {
  const headers = { 'Anthropic-Version': '2099-01-01', 'anthropic-beta': 'new' }
  t.match(headersOf(providerOf(t, { headers })), {
    'anthropic-version': '2099-01-01',
    'anthropic-beta': 'new',
  })
})

t.test('a stream whose reader pauses is held back, and continues when it reads again', async t => {
  const [start = '', , block = '', ...end] = eventsOf([{ type: 'text', text: '' }])
  const big = event('content_block_delta', {
    index: 0,
    delta: { type: 'text_delta', text: 'x'.repeat(8_192) },
  })
  const many = Array.from({ length: 4_000 }, () => big)
  const fake = await fakeProvider(t, eventStream(start, block, ...many, ...end))
  const provider = providerOf(t, { base_url: fake.url })
  const timeouts = { requestMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000 }
  const request = ask('', { stream: true })
  const maxResponseBytes = 8_192 * many.length
  const open = () =>
    attempt({ provider, request, call: callOf(), timeouts, maxResponseBytes, reason: 'test' })
  const unread = await open()
  let answered = false
  void (await fake.waitFor(1)).answered.then(() => (answered = true))
  // Another stream of the same size gets through meanwhile.
  t.equal((await (await open()).text()).length, maxResponseBytes)
  t.notOk(answered)
  t.equal((await unread.text()).length, maxResponseBytes)
  t.match(await unread.done, { finish: ['stop'], usage: { prompt_tokens: 127, completion_tokens: 5 } })
})
