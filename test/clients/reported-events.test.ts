import t from 'tap'
import type { Test } from 'tap'
import { event, eventsOf as messageEvents, eventStream, messageOf } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { call, eventsOf, responseOf, said } from '../fake-responses.ts'
import { serve } from './serve.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

type Json = Readonly<Record<string, unknown>>

const texts = { type: 'anthropic' }
const items = { api: 'responses' }
const hello = responseOf('Hello')

async function expect(t: Test, action: Action, isStream: boolean, entry: object, expected: Partial<Told>) {
  for (const told of await tellAll(t, action, isStream, entry)) t.match(told, expected)
}

function changed(events: readonly string[], change: (data: Json) => Json): string[] {
  return events.map(each => {
    const [, type = '', data = ''] = /^event: (.*)\ndata: (.*)\n/.exec(each) ?? []
    return `event: ${type}\ndata: ${JSON.stringify(change(JSON.parse(data) as Json))}\n\n`
  })
}

function withoutType({ type: _type, ...data }: Json): Json {
  return data
}

// https://github.com/7836246/cursor2api/issues/116
t.test('an event that has its type in its name alone is of that type', async t => {
  await expect(t, eventStream(...changed(eventsOf(hello), withoutType)), true, items, { text: 'Hello' })
  await expect(t, eventStream(...changed(messageEvents('Hello'), withoutType)), true, texts, {
    text: 'Hello',
  })
})

t.test('the fields of a response may be in its event itself', async t => {
  const flat = changed(eventsOf(hello), ({ response, ...data }) => ({
    ...(response as Json | undefined),
    ...data,
  }))
  const told = { text: 'Hello', tokens: [Number, 5] }
  // The end has the whole answer, too.
  for (const events of [flat, [flat[0]!, flat.at(-1)!]]) {
    const bare = changed(events, ({ object: _object, ...data }) => data)
    for (const sent of [events, bare, changed(bare, withoutType)])
      await expect(t, eventStream(...sent), true, items, told)
  }
})

// https://github.com/router-for-me/CLIProxyAPI/issues/6007
t.test('clients of Responses get no events that their API does not have', async t => {
  const [created = '', ...rest] = eventsOf(hello)
  const limits = event('codex.rate_limits', { limit_reached: true })
  const own = event('responsesapi.websocket_timing', { ms: 1 })
  const ping = event('ping', {})
  await expect(t, eventStream(limits, ping, created, own, ping, ...rest), true, items, { text: 'Hello' })
})

// https://github.com/vercel/ai/pull/12456
t.test('events about the input of custom tools add nothing to a function', async t => {
  const events = eventsOf(responseOf([{ ...call, name: 'f', arguments: '{"a":1}' }]))
  const doubled = events.flatMap(each => {
    const other = each
      .replaceAll('function_call_arguments', 'custom_tool_call_input')
      .replace('"arguments"', '"input"')
    return each.includes('function_call_arguments') ? [each, other] : [each]
  })
  t.not(doubled.length, events.length)
  await expect(t, eventStream(...doubled), true, items, { calls: ['f({"a":1})'] })
})

t.test('a text in place of a list of parts is one of them', async t => {
  const item = { ...said(''), content: 'Hello' }
  await expect(t, json(responseOf([item])), false, items, { text: 'Hello' })
  await expect(t, json({ ...messageOf(''), content: 'Hello' }), false, texts, { text: 'Hello' })
})

// https://github.com/openai/openai-dotnet/issues/1342
t.test('a thought of unknown status has none', async t => {
  const thought = {
    id: 'rs_1',
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Hm' }],
    status: null,
  }
  const provider = await fakeProvider(t, json(responseOf([thought, said('Hello')])))
  const config = { providers: [{ name: 'p', base_url: provider.url, api_key: 'k', ...items }] }
  const url = await serve(t, JSON.stringify(config))
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'm', input: 'Hi' })
  const response = await fetch(`${url}/v1/responses`, { method: 'POST', headers, body })
  const { output } = (await response.json()) as { output: readonly Json[] }
  t.equal(output[0]!['type'], 'reasoning')
  t.notOk('status' in output[0]!)
})

// https://github.com/decolua/9router/pull/2142, https://github.com/jlcodes99/cockpit-tools/issues/2328
t.test('a response may be done, and its status says how it ended', async t => {
  const ending = (response: Json) =>
    eventStream(...eventsOf(hello).slice(0, -1), event('response.done', { response }))
  await expect(t, ending(hello), true, items, { text: 'Hello', tokens: [Number, 5] })
  const failed = { ...hello, status: 'failed', error: { code: 'server_error', message: 'No GPU is left' } }
  for (const told of await tellAll(t, ending(failed), true, items)) t.match(told, /No GPU is left/)
  for (const told of await tellAll(t, ending({ ...hello, status: 'cancelled' }), true, items))
    t.match(told, /cancelled its response/)
})
