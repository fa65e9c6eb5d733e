import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { answer, fakeProvider, fin, stream } from '../../fake-provider.ts'
import type { Script } from '../../fake-provider.ts'
import { messages } from '../../fake-messages.ts'
import { responses } from '../../fake-responses.ts'
import { startHost } from '../host.ts'

const key = 'client-key-1'
const question = { model: 'fake-model', messages: [{ role: 'user', content: 'Hi' }] }

interface Part {
  readonly role: string
  readonly text: string
}
interface Texts {
  readonly prompt: readonly Part[]
  readonly answer: readonly Part[]
}
interface Call {
  readonly path: string
  readonly texts?: Texts
  readonly calls?: readonly Call[]
}
interface Shown {
  readonly texts?: Texts
  readonly tree: readonly Call[]
}

type Bodies = NonNullable<ConfigInput['ledger']>['bodies']

async function start(
  t: Test,
  script: Script,
  bodies: Bodies,
  config: ConfigInput = {},
  provider: object = {},
) {
  const fake = await fakeProvider(t, script)
  const { url } = await startHost(t, {
    approach: 'proxy',
    api_keys: [key, 'client-key-2'],
    ledger: { path: ':memory:', bodies },
    routing: { health_check: { enabled: false } },
    providers: [{ name: 'a', base_url: fake.url, api_key: 'upstream-key-1234', ...provider }],
    ...config,
  })
  const ask = async (body: object, id: string, path = '/v1/chat/completions') => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-request-id': id }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, text: await response.text() }
  }
  const read = async (id: string, presented = key) =>
    (await (
      await fetch(`${url}/requests/${id}`, { headers: { authorization: `Bearer ${presented}` } })
    ).json()) as Shown
  return { fake, url, ask, read }
}

const all = { keep: 'all' } as const
const asked = [{ role: 'user', text: 'Hi' }]

t.test('no text is kept unless the configuration says so', async t => {
  const { ask, read } = await start(t, answer('private'), {})
  await ask(question, 'one')
  const shown = await read('one')
  t.notOk('texts' in shown)
  t.notMatch(JSON.stringify(shown), 'private')
})

t.test('the prompt and the answer of a relayed request are kept as the client saw them', async t => {
  const { ask, read } = await start(t, answer('Hello there, friend'), all)
  const whole = await ask(question, 'whole')
  t.match(await read('whole'), {
    texts: { prompt: asked, answer: [{ role: 'assistant', text: 'Hello there, friend' }] },
  })
  const streamed = await ask({ ...question, stream: true }, 'streamed')
  t.same((await read('streamed')).texts, (await read('whole')).texts)
  t.match(whole.text, 'Hello there, friend')
  t.match(streamed.text, 'friend')
})

t.test('answers that are relayed in the format of Messages or Responses are kept, too', async t => {
  const formats = [
    { path: '/v1/messages', script: messages('Bonjour, ami'), provider: { type: 'anthropic' } },
    { path: '/v1/responses', script: responses('Bonjour, ami'), provider: { api: 'responses' as const } },
  ]
  for (const { path, script, provider } of formats) {
    const { ask, read } = await start(t, script, all, {}, provider)
    const body = path.endsWith('messages')
      ? { ...question, max_tokens: 9 }
      : { model: question.model, input: 'Hi', store: false }
    for (const stream of [false, true]) {
      const id = `${path.slice(4)}-${stream}`
      const { status, text } = await ask({ ...body, stream }, id, path)
      t.equal(status, 200, text)
      const { texts } = await read(id)
      t.match(texts, { prompt: [{ text: 'Hi' }], answer: [{ role: 'assistant', text: 'Bonjour, ami' }] }, id)
    }
  }
})

t.test('each call of an approach has its texts, and the request those of the client', async t => {
  const { ask, read, fake } = await start(t, answer('a draft'), all)
  await ask({ ...question, model: 'moa-fake-model' }, 'best')
  const { texts, tree } = await read('best')
  t.same(texts?.prompt, asked)
  const calls = flatten(tree).filter(call => !call.calls)
  t.equal(calls.length, fake.requests.length)
  const prompts = calls.map(call => call.texts?.prompt.map(({ text }) => text))
  const sent = fake.requests.map(({ body }) =>
    (body['messages'] as readonly { readonly content: string }[]).map(({ content }) => content),
  )
  t.same(new Set(prompts.map(String)), new Set(sent.map(String)))
  t.ok(calls.some(call => call.texts?.answer[0]?.text === texts?.answer[0]?.text))
})

t.test('of a stream that breaks, the part that the client has seen is kept', async t => {
  const { ask, read } = await start(t, stream(['half ', 'of it', fin()]), all, {
    stream_failure: 'event',
    routing: { stream_recovery: 'off', health_check: { enabled: false } },
  })
  const { text } = await ask({ ...question, stream: true }, 'broken')
  t.match(text, 'error')
  const { texts } = await read('broken')
  t.same(texts?.answer, [{ role: 'assistant', text: 'half of it' }])
})

t.test('long texts lose their middle, and say so', async t => {
  const { ask, read } = await start(t, answer('ok'), { ...all, characters: 200 })
  await ask({ ...question, messages: [{ role: 'user', content: 'x'.repeat(1_000) }] }, 'long')
  const { texts } = await read('long')
  t.match(texts?.prompt, [{ text: /^x+$/, left_out: Number }, { text: /^x+$/ }])
  t.ok(texts!.prompt.reduce((sum, { text }) => sum + text.length, 0) <= 200)
})

t.test('the keys of the configuration are left out of texts', async t => {
  const { ask, read } = await start(t, answer(`try upstream-key-1234 or ${key}`), all)
  await ask(question, 'leak')
  const { texts } = await read('leak')
  t.notMatch(JSON.stringify(texts), /upstream-key-1234|client-key-1/)
})

t.test('a client reads its own texts, another one only the figures', async t => {
  const { ask, read } = await start(t, answer('private'), all)
  await ask(question, 'mine')
  t.ok((await read('mine')).texts)
  const seen = await read('mine', 'client-key-2')
  t.equal(seen.tree.length, 1)
  t.notMatch(JSON.stringify(seen), 'private')
})

t.test('an operator reads the texts of all clients', async t => {
  const clients = [{ name: 'boss', key: 'boss-key-1', role: 'operator' as const }]
  const { ask, read } = await start(t, answer('private'), all, { clients })
  await ask(question, 'mine')
  t.match(await read('mine', 'boss-key-1'), { texts: { answer: [{ text: 'private' }] } })
  t.match(await read('mine'), { error: { code: 'not_allowed' } })
})

t.test('hulumanage_trace "full" keeps the texts of a request if the configuration allows it', async t => {
  const { ask, read } = await start(t, answer('ok'), { on_request: true })
  await ask(question, 'silent')
  t.notOk('texts' in (await read('silent')))
  const { status, text } = await ask({ ...question, hulumanage_trace: 'full' }, 'full')
  t.equal(status, 200)
  t.match(text, 'hulumanage_trace')
  t.match(await read('full'), { texts: { prompt: asked } })
})

t.test('hulumanage_trace "full" is refused otherwise, before a provider is asked', async t => {
  const { ask, fake } = await start(t, answer('ok'), { keep: 'sampled', sample: 1 })
  const { status, text } = await ask({ ...question, hulumanage_trace: 'full' }, 'full')
  t.equal(status, 403)
  t.match(text, /ledger\.bodies\.on_request/)
  t.equal(fake.requests.length, 0)
})

t.test('of sampled requests, all texts are kept or none', async t => {
  const { ask, read } = await start(t, answer('ok'), { keep: 'sampled', sample: 0 })
  await ask({ ...question, model: 'bon-fake-model' }, 'not')
  t.notMatch(JSON.stringify(await read('not')), '"texts"')
  const sampled = await start(t, answer('ok'), { keep: 'sampled', sample: 1 })
  await sampled.ask({ ...question, model: 'bon-fake-model' }, 'yes')
  const { texts, tree } = await sampled.read('yes')
  t.ok(texts)
  t.ok(flatten(tree).some(call => call.texts))
})

t.test('thoughts and calls of tools are told apart from the text', async t => {
  const calls = [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }]
  const history = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See' },
        { type: 'image_url', image_url: { url: 'data:x' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: calls },
    { role: 'tool', tool_call_id: 'c1', content: 'a cat' },
  ]
  const { ask, read } = await start(t, answer('ok'), all)
  await ask({ ...question, messages: history }, 'tools')
  t.same((await read('tools')).texts?.prompt, [
    { role: 'user', text: 'See\n[image_url]' },
    { role: 'call', text: 'look {"at":1}' },
    { role: 'tool', text: 'a cat' },
  ])
})

function flatten(calls: readonly Call[]): Call[] {
  return calls.flatMap(call => [call, ...flatten(call.calls ?? [])])
}
