import t from 'tap'
import type { Test } from 'tap'
import { event, eventsOf as messageEvents, eventStream, messageOf } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { eventsOf as responseEvents, responseOf, said } from '../fake-responses.ts'
import { answerViolations } from '../strict/index.ts'
import { stuck, serve } from './serve.ts'

const message = [
  { type: 'text', text: 'Hello there' },
  { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Oslo' } },
]
const response = responseOf([said('Hello there')])

const services = [
  {
    dialect: 'messages',
    entry: { type: 'anthropic' },
    body: { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
    whole: messageOf(message),
    events: messageEvents(message),
    /** Answers of an unreadable shape. */
    shapeless: [{ content: [{ type: {} }] }, { content: [{ type: 'text', text: 4 }] }, { content: [[1]] }],
    delta: 'content_block_delta',
  },
  {
    dialect: 'responses',
    entry: { api: 'responses' },
    body: { model: 'm', input: 'Hi' },
    whole: response,
    events: responseEvents(response),
    shapeless: [{ output: 'NaN' }, { output: [{ type: 'message', content: [[1]] }] }, { output: [4] }],
    delta: 'response.output_text.delta',
  },
] as const

/** Asks a server whose providers all speak the client's dialect and take turns. */
async function ask(t: Test, service: (typeof services)[number], actions: readonly Action[], stream: boolean) {
  const fakes = []
  for (const action of actions) fakes.push(await fakeProvider(t, action))
  const config = {
    stream_failure: 'event',
    approach: 'proxy',
    routing: { strategy: 'failover', health_check: { enabled: false } },
    providers: fakes.map(({ url }, index) => ({
      name: `p${index}`,
      base_url: url,
      api_key: 'k',
      ...service.entry,
    })),
  }
  const url = await serve(t, JSON.stringify(config))
  const answer = await fetch(`${url}/v1/${service.dialect}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...service.body, stream }),
  })
  const text = await answer.text()
  t.same(await stuck(url), [], 'no provider is busy')
  return { status: answer.status, text, by: answer.headers.get('x-hulumanage-provider') }
}

for (const service of services) {
  const { dialect, events, whole, shapeless } = service

  t.test(`${dialect}: a relayed stream is complete with any line endings`, async t => {
    for (const end of ['\r', '\r\n']) {
      const framed = events.map(each => each.replaceAll('\n', end))
      const { status, text } = await ask(t, service, [eventStream(...framed)], true)
      t.equal(status, 200)
      t.match(text, /Hello/)
      t.strictSame(answerViolations(dialect, text), [])
    }
  })

  t.test(`${dialect}: a relayed whole answer of another shape fails over`, async t => {
    for (const wrong of shapeless) {
      const { status, by, text } = await ask(t, service, [json({ ...whole, ...wrong }), json(whole)], false)
      t.strictSame([status, by], [200, 'p1'], JSON.stringify(wrong))
      t.strictSame(answerViolations(dialect, text), [])
    }
  })

  t.test(
    `${dialect}: names and numbers that clients read are corrected in a relayed whole answer`,
    async t => {
      const odd = { ...whole, id: { id: 1 }, model: null, usage: { output_tokens: 'NaN' } }
      const { status, text } = await ask(t, service, [json(odd)], false)
      t.equal(status, 200)
      t.strictSame(answerViolations(dialect, text), [])
      t.match(JSON.parse(text), { model: 'm', usage: { output_tokens: Number } })
    },
  )

  t.test(`${dialect}: a malformed event among good ones is left out`, async t => {
    const odd = [
      event('unheard-of', { type: [] }),
      'data: 17\n\n',
      'data: null\n\n',
      event('x y', { type: 'x y' }),
    ]
    const mixed = events.flatMap((each, index) => (index % 2 === 0 ? [each, ...odd] : [each]))
    const { status, text } = await ask(t, service, [eventStream(...mixed)], true)
    t.equal(status, 200)
    t.strictSame(answerViolations(dialect, text), [])
    t.notMatch(text, /unheard|x y|17\n/)
  })

  t.test(`${dialect}: a part of the answer that cannot be read is the provider's fault`, async t => {
    const at = events.findIndex(each => each.includes(`"${service.delta}"`))
    const wrong = events.with(at, events[at]!.replace(/"Hello"/, '{"a":1}'))
    const { status, by } = await ask(t, service, [eventStream(...wrong), eventStream(...events)], true)
    t.strictSame([status, by], [200, 'p1'])
  })
}
