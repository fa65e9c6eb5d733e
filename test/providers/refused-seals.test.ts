import t from 'tap'
import { answer, error, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { responseOf } from '../fake-responses.ts'
import { world } from './spelling/world.ts'

const ask = { role: 'user', content: 'q' }

/** A service that cannot read data sealed as `foreign`. */
const reading = (refusal: Readonly<Record<string, unknown>>, fine: Action): Action => {
  return ({ request }) => (request.text.includes('"foreign"') ? error(400, refusal) : fine)
}

const cases = {
  'encrypted reasoning of another account': {
    service: 'openai',
    entry: { api: 'responses' },
    action: reading(
      {
        error: {
          message: 'The encrypted content fore... could not be verified.',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_encrypted_content',
        },
      },
      json(responseOf('fine')),
    ),
    path: '/v1/responses',
    body: {
      model: 'gpt-5',
      store: false,
      input: [
        ask,
        { type: 'reasoning', summary: [], encrypted_content: 'foreign' },
        { role: 'assistant', content: 'a' },
        ask,
      ],
    },
    kept: { input: [ask, { role: 'assistant', content: 'a' }, ask] },
  },
  'thinking that another service signed': {
    service: 'anthropic',
    entry: { type: 'anthropic' },
    action: reading(
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
        },
      },
      json(messageOf('fine')),
    ),
    path: '/v1/messages',
    body: {
      model: 'claude-sonnet-4-5',
      max_tokens: 10,
      messages: [
        ask,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'foreign' },
            { type: 'text', text: 'a' },
          ],
        },
        ask,
      ],
    },
    kept: { messages: [ask, { role: 'assistant', content: [{ type: 'text', text: 'a' }] }, ask] },
  },
  'a call that another model signed': {
    service: 'gemini',
    entry: { type: 'gemini' },
    action: reading(
      { error: { code: 400, message: 'Thought signature is not valid.', status: 'INVALID_ARGUMENT' } },
      answer('fine'),
    ),
    path: '/v1/chat/completions',
    body: {
      model: 'gemini-3-pro',
      messages: [
        ask,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'ls', arguments: '{}' },
              extra_content: { google: { thought_signature: 'foreign' } },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'a.txt' },
      ],
    },
    kept: {
      messages: [
        ask,
        { tool_calls: [{ extra_content: { google: { thought_signature: /^skip/ } } }] },
        { role: 'tool' },
      ],
    },
  },
} as const

for (const [name, { service, entry, action, path, body, kept }] of Object.entries(cases)) {
  t.test(`${name} is left out once a service has refused it, and from then on`, async t => {
    const { provider, post } = await world(t, service, entry, action)
    for (const calls of [2, 3]) {
      const { status, text } = await post(path, body)
      t.match({ status, text }, { status: 200, text: /fine/ })
      t.equal(provider.requests.length, calls)
      t.match(provider.requests.at(-1)!.body, kept)
    }
  })
}

t.test('thoughts that a service has not refused are sent unchanged', async t => {
  const { action, entry, path, body } = cases['thinking that another service signed']
  const { provider, post } = await world(t, 'anthropic', entry, action)
  await post(path, body)
  const own = JSON.parse(JSON.stringify(body).replace('foreign', 'its own')) as object
  await post(path, own)
  t.equal(provider.requests.at(-1)!.text, JSON.stringify(own))
})

t.test('a refusal that nothing can fix is the answer', async t => {
  const { entry, path, body } = cases['thinking that another service signed']
  const refusal = { type: 'error', error: { type: 'invalid_request_error', message: 'Invalid signature' } }
  const { provider, post } = await world(t, 'anthropic', entry, error(400, refusal))
  t.equal((await post(path, body)).status, 400)
  t.equal(provider.requests.length, 2)
})
