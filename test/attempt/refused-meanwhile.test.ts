import t from 'tap'
import type { Test } from 'tap'
import { serve } from '../clients/serve.ts'
import { eventStream } from '../fake-messages.ts'
import { error, fakeProvider, gate, hold, json, sequence, stream } from '../fake-provider.ts'
import type { Action, Script } from '../fake-provider.ts'
import { eventsOf, responseOf } from '../fake-responses.ts'

type Json = Readonly<Record<string, unknown>>

async function world(t: Test, script: Script, entry: Json) {
  const provider = await fakeProvider(t, script)
  const own = { name: 'only', base_url: provider.url, api_key: 'k', ...entry }
  const url = await serve(
    t,
    JSON.stringify({
      providers: [own],
      stream_failure: 'event',
      routing: { health_check: { enabled: false }, stream_recovery: 'off' },
    }),
  )
  const ask = async (path: string, body: Json) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return await response.text()
  }
  return { provider, ask }
}

const custom = { type: 'custom', name: 'patch' }
const called = { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: '+a' }
const own = { ...responseOf([called]), field_of_the_service: 'kept' }
const refusal = error(400, {
  error: {
    message: "Unsupported tool type: 'custom'",
    type: 'invalid_request_error',
    param: 'tools[0].type',
  },
})

for (const streamed of [false, true])
  t.test(
    `an answer is relayed as its call was, whatever is refused meanwhile: ${streamed ? 'stream' : 'whole'}`,
    async t => {
      const open = gate()
      const relayed: Action = streamed ? eventStream(...eventsOf(own)) : json(own)
      const { provider, ask } = await world(
        t,
        [sequence(hold(open), relayed), refusal, json(responseOf('fine'))],
        { api: 'responses' },
      )
      const body = { model: 'm', input: 'Hi', tools: [custom] }
      const first = ask('responses', { ...body, stream: streamed })
      await provider.waitFor(1)
      t.match(await ask('responses', body), 'fine')
      open.release()
      t.match(await first, '"field_of_the_service":"kept"')
      t.equal(provider.requests.length, 3)
    },
  )

t.test(
  'usage that was requested for us alone is left out, although it has been refused meanwhile',
  async t => {
    const open = gate()
    const unknown = error(400, { error: { message: 'Unrecognized request argument: stream_options' } })
    const { provider, ask } = await world(
      t,
      [sequence(hold(open), stream()), unknown, stream(), stream()],
      {},
    )
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true }
    const first = ask('chat/completions', body)
    await provider.waitFor(1)
    await ask('chat/completions', body)
    t.notOk(provider.requests[2]!.body['stream_options'])
    open.release()
    t.notMatch(await first, '"usage":{')
  },
)

t.test(
  'a request that only its service can take is not repeated if the refusal changes nothing in it',
  async t => {
    const { provider, ask } = await world(t, refusal, { api: 'responses' })
    const stored = { model: 'm', input: 'Hi', tools: [custom], prompt: { id: 'pmpt_1' } }
    for (const count of [1, 2]) {
      t.match(await ask('responses', stored), 'Unsupported tool type')
      t.equal(provider.requests.length, count)
    }
  },
)
