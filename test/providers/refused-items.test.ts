import t from 'tap'
import { serve } from '../clients/serve.ts'
import { error, fakeProvider, json } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { responseOf } from '../fake-responses.ts'
import { refuses } from './refuses.ts'
import type { Json } from './refuses.ts'

const responses = { path: '/v1/responses', entry: { api: 'responses' }, fine: json(responseOf('fine')) }
const user = { type: 'message', role: 'user', content: 'Hi' }

function asking(...input: readonly Json[]): Json {
  return { model: 'my-deployment', input }
}

// https://github.com/router-for-me/CLIProxyAPI/issues/5713, https://github.com/zyycn/codex-proxy-rs/issues/200
t.test('the text of reasoning is left out once a service refuses it', async t => {
  const message =
    "Invalid 'input[1].content': array too long. Expected an array with maximum length 0, but got an array with length 1 instead."
  const refusal = {
    error: {
      message,
      type: 'invalid_request_error',
      param: 'input[1].content',
      code: 'array_above_max_length',
    },
  }
  const content = [{ type: 'reasoning_text', text: 'Hm' }]
  const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' }
  const open = { type: 'reasoning', id: 'rs_2', summary: [] }
  const nameless = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] }
  const empty = { type: 'reasoning', summary: [], content }
  const sent = asking(user, { ...sealed, content }, { ...open, content }, { ...nameless, content }, empty)
  await refuses(t, sent, [400, refusal], asking(user, sealed, open, nameless), responses)
  const unstored = { ...sent, store: false }
  const expected = { ...asking(user, sealed, nameless), store: false }
  await refuses(t, unstored, [400, refusal], expected, responses)
})

// https://github.com/Cloudgeni-ai/opengeni/pull/2526
t.test(
  'items lose their ids once a service misses the reasoning behind them, unless an id is all that they say',
  async t => {
    const message =
      "Item 'msg_1' of type 'message' was provided without its required 'reasoning' item: 'rs_1'."
    const said = {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Yes?', annotations: [] }],
    }
    const short = { role: 'assistant', content: 'Yes?' }
    const called = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
    const image = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'iVBO' }
    const others = [{ type: 'item_reference', id: 'rs_9' }, { id: 'msg_9' }, image, user]
    const own = (id: (id: string) => Json) =>
      asking(
        user,
        { ...id('msg_1'), ...said },
        { ...id('msg_2'), ...short },
        { ...id('fc_1'), ...called },
        ...others,
      )
    const sent = own(id => ({ id }))
    await refuses(
      t,
      sent,
      [400, { error: { message } }],
      own(() => ({})),
      responses,
    )
  },
)

// https://github.com/anthropics/claude-code/issues/84114
t.test('texts lose what an SDK has parsed from them once a service refuses it', async t => {
  const message = 'messages.1.content.0.text.parsed_output: Extra inputs are not permitted'
  const refusal = { type: 'error', error: { type: 'invalid_request_error', message } }
  const text = { type: 'text', text: '{}' }
  const body = (block: Json) => ({
    model: 'm',
    max_tokens: 9,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [block] },
      { role: 'user', content: 'Hi' },
    ],
  })
  await refuses(t, body({ ...text, parsed_output: null }), [400, refusal], body(text), {
    path: '/v1/messages',
    entry: { type: 'anthropic' },
    fine: json(messageOf('fine')),
  })
})

// https://github.com/openclaw/openclaw/issues/73963
t.test('metadata is left out once a service refuses it in whatever body of an error', async t => {
  const sent = { ...asking(user), metadata: { a: 'b' } }
  await refuses(t, sent, [400, { detail: 'Unsupported parameter: metadata' }], asking(user), responses)
})

const refusalOf = (type: string, supported: string) => ({
  error: {
    message: `Invalid value: '${type}'. Supported values are: 'message', 'function_call', and '${supported}'.`,
    type: 'invalid_request_error',
    param: 'input[1]',
    code: 'invalid_value',
  },
})

t.test('an item of a type that only the servers behind Codex know is a message, or left out', async t => {
  const content = [{ type: 'input_text', text: 'Done.' }]
  const said = { type: 'agent_message', author: '/root/a', recipient: '/root', content }
  const short = { type: 'agent_message', content: 'Done.' }
  const sealed = { ...said, content: [{ type: 'encrypted_content', encrypted_content: 'a'.repeat(80) }] }
  const thought = { type: 'agent_reasoning', text: 'Hm' }
  const compacted = { type: 'context_compaction', encrypted_content: 'sealed' }
  const sent = asking(user, said, short, sealed, thought, compacted)
  const message = (text: string) => ({
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text }],
  })
  const readable = [message('Message from /root/a to /root:\nDone.'), message('Message:\nDone.')]
  const refused = refusalOf('agent_message', 'context_compaction')
  await refuses(t, sent, [400, refused], asking(user, ...readable, thought, compacted), responses)
  const thinking = asking(user, thought, compacted)
  await refuses(
    t,
    thinking,
    [400, refusalOf('agent_reasoning', 'reasoning')],
    asking(user, compacted),
    responses,
  )
  const empty = asking(user, { type: 'context_compaction' })
  await refuses(t, empty, [400, refusalOf('context_compaction', 'reasoning')], asking(user), responses)
})

t.test('a refused compaction is an error, since it is all that is left of a conversation', async t => {
  const compacted = { type: 'context_compaction', encrypted_content: 'sealed' }
  const provider = await fakeProvider(t, error(400, refusalOf('context_compaction', 'reasoning')))
  const own = { name: 'only', base_url: provider.url, api_key: 'k', api: 'responses' }
  const config = { providers: [own], routing: { health_check: { enabled: false } } }
  const url = await serve(t, JSON.stringify(config))
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asking(compacted, user)),
  })
  t.equal(response.status, 400)
  t.equal(provider.requests.length, 1)
})
