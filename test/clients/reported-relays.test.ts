import t from 'tap'
import type { Test } from 'tap'
import { event, eventsOf as messageEvents, eventStream, messageOf } from '../fake-messages.ts'
import { json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { call, eventsOf, responseOf } from '../fake-responses.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const texts = { type: 'anthropic' }
const items = { api: 'responses' }
const hello = responseOf('Hello')

async function expect(t: Test, action: Action, isStream: boolean, entry: object, expected: Partial<Told>) {
  for (const told of await tellAll(t, action, isStream, entry)) t.match(told, expected)
}

// https://github.com/BigPizzaV3/CodexPlusPlus/issues/614
t.test('a call keeps the name that it began with, if its end has none', async t => {
  const events = eventsOf(responseOf([{ ...call, name: 'f', arguments: '{"a":1}' }]))
  const nameless = (ends: RegExp) =>
    events.map(each => (ends.test(each) ? each.replaceAll('"name":"f"', '"name":""') : each))
  for (const ends of [
    /^event: response\.output_item\.done/,
    /^event: response\.(?:output_item\.done|completed)/,
  ]) {
    const sent = nameless(ends)
    t.not(sent.join(''), events.join(''))
    await expect(t, eventStream(...sent), true, items, { calls: ['f({"a":1})'] })
  }
  for (const told of await tellAll(t, eventStream(...nameless(/./)), true, items))
    t.match(told, /tool call without a name/)
})

// https://github.com/anthropics/claude-code/issues/67809
t.test('pieces behind the end of a message are left out', async t => {
  const late = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: '!' } })
  for (const told of await tellAll(t, eventStream(...messageEvents('Hello'), late), true, texts))
    t.equal(typeof told === 'string' ? told : told.text, 'Hello')
})

// https://github.com/pingmike2/freebuff2api-wokers/issues/10
t.test('figures under their names in chats are read in every API', async t => {
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 }
  const tokens = [3, 5]
  await expect(t, json({ ...hello, usage }), false, items, { tokens })
  await expect(t, json({ ...messageOf('Hello'), usage }), false, texts, { tokens })
  const end = event('response.completed', { response: { ...hello, usage } })
  await expect(t, eventStream(...eventsOf(hello).slice(0, -1), end), true, items, { tokens })
})

// https://github.com/Wei-Shaw/sub2api/issues/1322, https://github.com/QuantumNous/new-api/issues/6756
t.test(
  'a response that was cancelled has failed, and one that is done without a status is whole',
  async t => {
    const begun = eventsOf(hello).slice(0, -1)
    for (const type of ['response.cancelled', 'response.canceled'])
      for (const told of await tellAll(
        t,
        eventStream(...begun, event(type, { response: hello })),
        true,
        items,
      ))
        t.match(told, /cancelled its response/)
    const { status: _status, ...bare } = hello
    const done = event('response.done', { response: bare })
    await expect(t, eventStream(...begun, done), true, items, { text: 'Hello', tokens: [Number, 5] })
  },
)
