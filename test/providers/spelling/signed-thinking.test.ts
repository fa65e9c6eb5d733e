import t from 'tap'
import { answer, error, fakeProvider, json } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { eventStream } from '../../fake-messages.ts'
import { world } from './world.ts'

const path = '/v1/chat/completions'
const ask = { role: 'user', content: 'q' }
const thinking_blocks = [{ type: 'thinking', thinking: 'Hm', signature: 'c2lnbmVk' }]
const message = { role: 'assistant', content: 'a', reasoning_content: 'Hm', thinking_blocks }
const head = { id: 'c', created: 1, model: 'claude' }

/** Claude behind a gateway with the API of chats, such as LiteLLM. */
const claude: Action = ({ request }) => {
  const isStreamed = request.body['stream'] === true
  const choice = { index: 0, finish_reason: 'stop', [isStreamed ? 'delta' : 'message']: message }
  const object = isStreamed ? 'chat.completion.chunk' : 'chat.completion'
  const body = { ...head, object, choices: [choice] }
  return isStreamed ? eventStream(`data: ${JSON.stringify(body)}\n\n`, 'data: [DONE]\n\n') : json(body)
}

// https://docs.litellm.ai/docs/reasoning_content
t.test('signed thinking goes back to a gateway that sends it, and to no other', async t => {
  for (const stream of [false, true]) {
    const other = await fakeProvider(t, answer('fine'))
    const { provider, post } = await world(t, 'openai', { models: ['claude'] }, claude, [
      { name: 'other', base_url: other.url, api_key: 'k', models: ['m'] },
    ])
    const later = [ask, message, ask]
    provider.script(claude)
    await post(path, { model: 'claude', stream, messages: [ask] })
    for (const model of ['claude', 're2-claude', 'm', 're2-m'])
      t.equal((await post(path, { model, messages: later })).status, 200)
    for (const { body } of provider.requests.slice(1)) t.match(body['messages'], [ask, { thinking_blocks }])
    t.equal(provider.requests.length, 3)
    for (const { text } of other.requests) t.notMatch(text, 'thinking_blocks')
    t.equal(other.requests.length, 2)
  }
})

t.test('signed thinking that a gateway cannot read is left out', async t => {
  const refusal = { error: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' } }
  const { provider, post } = await world(t, 'openai')
  provider.script(async exchange =>
    exchange.request.text.includes('foreign') ? error(400, refusal) : claude,
  )
  await post(path, { model: 'claude', messages: [ask] })
  const foreign = [{ ...thinking_blocks[0], signature: 'foreign' }]
  const moved = [ask, { ...message, thinking_blocks: foreign }, ask]
  for (const [messages, calls] of [
    [moved, 3],
    [[...moved, message, ask], 4],
  ] as const) {
    t.equal((await post(path, { model: 'claude', messages })).status, 200)
    t.equal(provider.requests.length, calls)
    t.notMatch(provider.requests.at(-1)!.text, 'foreign')
  }
  t.match(provider.requests.at(-1)!.body['messages'], [ask, { content: 'a' }, ask, { thinking_blocks }, ask])
})
