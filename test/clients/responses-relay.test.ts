import { hash } from 'node:crypto'
import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../src/config/schema.ts'
import { isSealed, readStoredId, storedId } from '../../src/text/stored-id.ts'
import { event, eventStream } from '../fake-messages.ts'
import { answer, fakeProvider, gate, hold, json } from '../fake-provider.ts'
import type { FakeProvider, Script } from '../fake-provider.ts'
import { eventsOf, responseOf, responses, responsesError, said } from '../fake-responses.ts'
import { responseStreamViolations } from '../strict/responses-stream.ts'
import { stuck, clientKey, errorOf, serve } from './serve.ts'

const model = 'gpt-fake'
const asked = { model, input: 'Hello' }

interface World {
  readonly url: string
  readonly openai: OpenAI
  /** Two providers that speak Responses, `one` and `two`, and take turns. */
  readonly services: readonly [FakeProvider, FakeProvider]
  readonly text: string
}

type Start = (scripts: readonly [Script, Script], config?: Partial<ConfigInput>) => Promise<World>

/** A test of the whole server between a client and services that both speak Responses. */
function relayTest(name: string, work: (t: Test, start: Start) => Promise<void>): void {
  void t.test(name, async t => {
    let url = ''
    await work(t, async ([first, second], config = {}) => {
      const services = [await fakeProvider(t, first), await fakeProvider(t, second)] as const
      const text = JSON.stringify({
        stream_failure: 'event',
        approach: 'proxy',
        routing: { strategy: 'round_robin', health_check: { enabled: false } },
        providers: services.map((service, index) => ({
          name: ['one', 'two'][index],
          api: 'responses',
          base_url: service.url,
          api_key: `sk-service-${index}`,
        })),
        ...config,
      })
      url = await serve(t, text)
      return { url, openai: clientOf(url), services, text }
    })
    t.same(await stuck(url, clientKey), [], 'no provider is busy')
  })
}

const clientOf = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, maxRetries: 0 })

relayTest('bodies go both ways as they came, but for an id of ours', async (t, start) => {
  const whole = { ...responseOf([{ type: 'web_search_call', id: 'ws_1' }, said('"resp_1"')]), new_field: [1] }
  const { url, services } = await start([json(whole), responses()])
  const text = JSON.stringify({ ...asked, tools: [{ type: 'web_search' }], include: ['x'] }, null, 1)
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  })
  t.equal(services[0].requests[0]?.text, text)
  const told = (await response.json()) as { id: string }
  t.match(told.id, /^resp_hm_[\w-]+$/)
  t.strictSame({ ...told, id: 'resp_1' }, whole)
  t.match(await (await fetch(`${url}/stats`)).json(), { tokens: { prompt: 27, completion: 5 } })
})

relayTest('reasoning of a broken stream is left out if the service stores nothing', async (t, start) => {
  const { url, services } = await start([json(responseOf([said('Hi')])), responses()])
  const lost = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: 'Hm' }],
  }
  const sealed = { ...lost, id: 'rs_2', encrypted_content: 'E' }
  const open = { ...lost, id: 'rs_3', content: [{ type: 'reasoning_text', text: 'Hm' }] }
  const turn = { role: 'user', content: 'Hello' }
  for (const [store, kept] of [
    [false, [sealed, open, turn]],
    [true, [lost, sealed, open, turn]],
  ] as const) {
    for (const service of services) service.requests.splice(0)
    await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...asked, store, input: [lost, sealed, open, turn] }),
    })
    const [sent] = services.flatMap(({ requests }) => requests)
    t.strictSame((JSON.parse(sent!.text) as { input: unknown }).input, kept, `store: ${store}`)
  }
})

relayTest('the events of a stream go on as they came, as the model writes', async (t, start) => {
  const search = { id: 'ws_1', type: 'web_search_call', status: 'completed' }
  const events = eventsOf(responseOf([said('Hello'), search, said('there')]))
  const heard = gate()
  const cut = events.findIndex(text => text.includes('web_search_call.searching')) + 1
  const { openai, services } = await start([
    eventStream(...events.slice(0, cut), hold(heard), ...events.slice(cut)),
    responses(),
  ])
  const types: string[] = []
  const ids = new Set<string>()
  for await (const one of await openai.responses.create({ ...asked, stream: true })) {
    types.push(one.type)
    if ('response' in one) ids.add(one.response.id)
    if (one.type === 'response.web_search_call.searching') heard.release()
  }
  t.strictSame(
    types,
    events.map(text => /^event: (.*)$/m.exec(text)?.[1]),
  )
  t.equal(ids.size, 1)
  t.match([...ids][0], /^resp_hm_/)
  t.strictSame(services[0].requests[0]?.body, { ...asked, stream: true })
})

relayTest('a conversation goes on where it was begun, whoever is next', async (t, start) => {
  const { openai, services } = await start([
    [responses('a', { id: 'resp_a' }), responses('b', { id: 'resp_b' }), responses('c', { id: 'resp_c' })],
    responses('from two'),
  ])
  const first = await openai.responses.create(asked)
  const second = await openai.responses.create({ ...asked, previous_response_id: first.id })
  t.equal(second.output_text, 'b')
  t.equal(second.previous_response_id, first.id)
  const third = await openai.responses.stream({ ...asked, previous_response_id: second.id }).finalResponse()
  t.equal(third.output_text, 'c')
  t.equal(third.previous_response_id, second.id)
  t.strictSame(
    services[0].requests.map(({ body }) => body['previous_response_id']),
    [undefined, 'resp_a', 'resp_b'],
  )
  t.same(services[1].requests, [])
})

relayTest(
  'it goes nowhere else when that provider fails, and after a restart it is still known',
  async (t, start) => {
    const script = [responses('a'), responsesError(503, 'server_error', 'Oh'), responses('b')]
    const { openai, services, text } = await start([script, responses('from two')])
    const { id } = await openai.responses.create(asked)
    const thrown = await errorOf(openai.responses.create({ ...asked, previous_response_id: id }))
    t.match(thrown, { status: 502 })
    t.same(services[1].requests, [])
    const again = clientOf(await serve(t, text))
    t.equal((await again.responses.create({ ...asked, previous_response_id: id })).output_text, 'b')
  },
)

relayTest('a response is read, listed, cancelled and deleted where it is', async (t, start) => {
  const { openai, services } = await start([responses('a'), responses('from two')])
  const { id } = await openai.responses.create(asked)
  const kept = responseOf('a')
  const events = eventsOf(kept)
  services[0].script([
    json(kept),
    eventStream(...events),
    json({ object: 'list', data: [{ id: 'msg_0' }], has_more: false }),
    json({ ...kept, status: 'cancelled' }),
    json({ id: 'resp_1', object: 'response', deleted: true }),
    responsesError(404, 'invalid_request_error', 'Response resp_1 not found'),
  ])
  t.match(await openai.responses.retrieve(id), { id, output_text: 'a' })
  const streamed = await openai.responses.retrieve(id, { stream: true })
  const ids = new Set<string>()
  for await (const one of streamed) if ('response' in one) ids.add(one.response.id)
  t.strictSame([...ids], [id])
  t.match((await openai.responses.inputItems.list(id, { limit: 5 })).data, [{ id: 'msg_0' }])
  t.match(await openai.responses.cancel(id), { id, status: 'cancelled' })
  await openai.responses.delete(id)
  t.match(await errorOf(openai.responses.retrieve(id)), { status: 404, message: /"one" does not have/ })
  t.strictSame(
    services[0].requests.slice(1).map(({ method, path }) => `${method} ${path}`),
    [
      'GET /v1/responses/resp_1',
      'GET /v1/responses/resp_1?stream=true',
      'GET /v1/responses/resp_1/input_items?limit=5',
      'POST /v1/responses/resp_1/cancel',
      'DELETE /v1/responses/resp_1',
      'GET /v1/responses/resp_1',
    ],
  )
  t.ok(services[0].requests.every(({ headers }) => headers['authorization'] === 'Bearer sk-service-0'))
  t.same(services[1].requests, [])
})

relayTest('nothing else can be reached with the key of a provider', async (t, start) => {
  // Clients resolve the dots themselves, and the resulting path may be passed on.
  const config = { pass_through: { paths: [] } }
  const { url, openai, services } = await start([responses('a'), responses()], config)
  const { id } = await openai.responses.create(asked)
  for (const path of [
    `${id}/../../files`,
    `${id}/%2e%2e/files`,
    `${id}/..%2F..%2Ffiles`,
    `${id}/cancel`,
    'resp_1',
  ]) {
    const response = await fetch(`${url}/v1/responses/${path}`)
    t.equal(response.status, 404, path)
  }
  t.equal(services[0].requests.length, 1)
})

relayTest('a stored response is known only to the client it was made for', async (t, start) => {
  const { openai, url, services } = await start([responses('a', { id: 'resp_a' }), responses()], {
    api_keys: [clientKey, 'key-of-another'],
  })
  const another = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-of-another', maxRetries: 0 })
  const { id } = await openai.responses.create(asked)
  const forged = (text: string) => `resp_hm_${Buffer.from(text).toString('base64url')}`
  const calls = services[0].requests.length
  const foreign = [
    id,
    forged('one\nresp_a'),
    forged('one\nresp_a\n'),
    forged('one\nresp_a\nAAAAAAAAAAAAAAAAAAAAAA'),
  ]
  for (const other of [...foreign, 'resp_a']) {
    const thrown = await errorOf(another.responses.create({ ...asked, previous_response_id: other }))
    t.match(
      thrown,
      { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' },
      other,
    )
    t.match(await errorOf(another.responses.retrieve(other)), { status: 404 }, other)
    t.match(await errorOf(another.responses.delete(other)), { status: 404 }, other)
  }
  t.equal(services[0].requests.length, calls, 'no provider was asked')
  t.match(await openai.responses.create({ ...asked, previous_response_id: id }), { previous_response_id: id })
})

for (const key of [undefined, ''])
  relayTest(
    `nobody can seal an id for a provider whose key is ${JSON.stringify(key)} from what is public about it`,
    async (t, start) => {
      const service = await fakeProvider(t, [responses('a'), responses('b'), responses('c')])
      const bare = { name: 'bare', api: 'responses', base_url: service.url, api_key: key } as const
      const config = { api_keys: [clientKey, 'key-of-another'], providers: [bare] }
      const { openai, url } = await start([responses(), responses()], config)
      const { id } = await openai.responses.create(asked)
      const again = { ...asked, previous_response_id: id }
      t.match(await openai.responses.create(again), { output_text: 'b' })

      const another = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'key-of-another', maxRetries: 0 })
      const owner = hash('sha256', 'key-of-another')
      for (const secret of ['', 'undefined', service.url, JSON.stringify([service.url, {}])]) {
        const previous_response_id = storedId(readStoredId(id)!, { secret, owner })
        const thrown = await errorOf(another.responses.create({ ...asked, previous_response_id }))
        t.match(thrown, { status: 400, code: 'previous_response_not_found' }, secret)
      }
      t.equal(service.requests.length, 2, 'no provider was asked')
    },
  )

relayTest('the key of a client that is forwarded seals its ids across restarts', async (t, start) => {
  const { services, text } = await start([responses(), responses()])
  const config = JSON.parse(text) as ConfigInput
  const own = { name: 'one', api: 'responses', base_url: services[0].url, forward_client_key: true } as const
  const forwarding = JSON.stringify({ ...config, providers: [own] })
  services[0].script([responses('a'), responses('b')])
  const { id } = await clientOf(await serve(t, forwarding)).responses.create(asked)
  t.ok(isSealed(readStoredId(id)!, { secret: clientKey, owner: hash('sha256', clientKey) }))
})

relayTest('a key that is added before its old one goes leaves ids as they were', async (t, start) => {
  const { openai, text } = await start([responses('a'), responses()])
  const { id } = await openai.responses.create(asked)
  const rotated = text.replace('"api_key":"sk-service-0"', '"api_keys":["sk-new","sk-service-0"]')
  const again = clientOf(await serve(t, rotated))
  t.match(await again.responses.create({ ...asked, previous_response_id: id }), { output_text: 'a' })
})

relayTest('an id of a provider that is gone is a 400, and a 404 where it is read', async (t, start) => {
  const { openai, text } = await start([responses('a'), responses()])
  const { id } = await openai.responses.create(asked)
  const other = clientOf(await serve(t, text.replace('"name":"one"', '"name":"three"')))
  const thrown = await errorOf(other.responses.create({ ...asked, previous_response_id: id }))
  t.match(thrown, { status: 400, param: 'previous_response_id', message: /provider "one"/ })
  t.match(await errorOf(other.responses.retrieve(id)), { status: 404, message: /"one", which is not/ })
})

relayTest('work in the background is asked for and looked at', async (t, start) => {
  const queued = { ...responseOf([]), status: 'queued', usage: null }
  const { openai, services } = await start([[json(queued), json(responseOf('done'))], responses()])
  const { id, status } = await openai.responses.create({ ...asked, background: true })
  t.equal(status, 'queued')
  t.match(await openai.responses.retrieve(id), { status: 'completed', output_text: 'done' })
  t.match(services[0].requests[0]?.body, { background: true })
})

for (const status of ['in_progress', 'queued', 'cancelled', 'failed'] as const) {
  relayTest(`a response that is ${status} and says nothing is no answer`, async (t, start) => {
    const { openai, services } = await start([json({ ...responseOf([]), status }), responses('said')])
    t.match(await openai.responses.create(asked), { output_text: 'said' })
    t.equal(services[0].requests.length, 1)
    const messages = [{ role: 'user' as const, content: 'Hello' }]
    for (const call of ['one call', 'another call']) {
      const { choices } = await openai.chat.completions.create({ model, messages })
      t.equal(choices[0]?.message.content, 'said', call)
    }
    t.equal(services[0].requests.length, 2)
  })

  relayTest(`nor is a stream that ends ${status} and says nothing`, async (t, start) => {
    const silent = { ...responseOf([]), status }
    const ended = eventStream(
      event('response.created', { response: { ...silent, status: 'in_progress' } }),
      event('response.completed', { response: silent }),
    )
    const { openai, services } = await start([ended, responses('said')])
    const stream = openai.responses.stream(asked)
    t.match(await stream.finalResponse(), { output_text: 'said' })
    t.equal(services[0].requests.length, 1)
  })
}

relayTest(
  'under an approach each call is translated, and no earlier response can be named',
  async (t, start) => {
    const { openai, services } = await start([responses('a'), responses('b')])
    const { id } = await openai.responses.create(asked)
    const named = { ...asked, model: `re2-${model}` }
    const thrown = await errorOf(openai.responses.create({ ...named, previous_response_id: id }))
    t.match(thrown, { status: 400, param: 'previous_response_id' })
    t.match(await openai.responses.create(named), { output_text: 'b', store: true })
    t.match(services[1].requests[0]?.body, { store: false })
  },
)

relayTest('a failure after content ends the response that the service began, once', async (t, start) => {
  const broken = event('error', { code: 'server_error', message: 'Oh', param: null })
  const events = eventsOf(responseOf('Hello there')).slice(0, 5)
  const { url } = await start([eventStream(...events, broken), responses()])
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...asked, stream: true }),
  })
  const text = await response.text()
  t.equal(text.match(/^event: error$/gm)?.length, 1)
  t.notMatch(text, /response\.completed/)
  t.strictSame(responseStreamViolations(text), [])
  t.equal(new Set(text.match(/"resp_\w+"/g)).size, 1, 'all events are of one response')
})

void t.test('a request that no provider can express is refused', async t => {
  const provider = await fakeProvider(t, answer('ok'))
  const url = await serve(
    t,
    JSON.stringify({ approach: 'proxy', providers: [{ name: 'a', base_url: provider.url }] }),
  )
  const thrown = await errorOf(clientOf(url).responses.create({ ...asked, previous_response_id: 'resp_x' }))
  t.match(thrown, {
    status: 400,
    param: 'previous_response_id',
    message: /Previous response with id 'resp_x' not found/,
  })
  t.same(provider.requests, [])
})
