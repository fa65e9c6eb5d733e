import t from 'tap'
import type { Test } from 'tap'
import { answer, delta, error, fakeProvider, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { agentOf } from './agent-turns.ts'
import { serve } from './serve.ts'

type Json = Readonly<Record<string, unknown>>

const call = { id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{}' } }
const thought = 'I must list.'

/** An answer with a call, whose thoughts have this name. */
function thinking(name: string): Action {
  return exchange =>
    (exchange.request.body['stream'] === true
      ? stream(
          [
            delta({ [name]: 'I must ' }),
            delta({ [name]: 'list.' }),
            delta({ tool_calls: [{ index: 0, ...call }] }),
          ],
          {
            finish: 'tool_calls',
          },
        )
      : answer({ content: null, [name]: thought, tool_calls: [call] }, { finish: 'tool_calls' }))(exchange)
}

async function world(t: Test, script: Action[], accepts: Json = {}) {
  const provider = await fakeProvider(t, script)
  const own = { name: 'only', base_url: provider.url, api_key: 'k', accepts }
  const url = await serve(
    t,
    JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
  )
  const messages = () => provider.requests.at(-1)!.body['messages'] as readonly Json[]
  return { url: `${url}/v1`, messages }
}

async function ask(url: string, message: Json): Promise<void> {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Yes?', ...message },
  ]
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [...messages, { role: 'user', content: 'Hi' }] }),
  })
  t.equal(response.status, 200, await response.text())
}

// vLLM reads `reasoning` alone, SGLang and llama.cpp `reasoning_content`:
// https://github.com/vllm-project/vllm/issues/38488, https://github.com/ggml-org/llama.cpp/pull/16934
for (const name of ['reasoning', 'reasoning_content'])
  for (const dialect of ['messages', 'responses', 'bare'] as const)
    for (const streamed of [false, true])
      t.test(
        `thoughts go back as ${name} to a service that tells them so: ${dialect}, stream: ${streamed}`,
        async t => {
          const { url, messages } = await world(t, [thinking(name), answer('done')])
          const agent = agentOf(dialect, url, streamed)
          await agent.turn('m')
          t.equal(await agent.turn('m'), 'done')
          const { reasoning, reasoning_content: content } = messages()[1]!
          t.same(
            { reasoning, content },
            { reasoning: undefined, content: undefined, [name === 'reasoning' ? name : 'content']: thought },
          )
        },
      )

t.test('thoughts that an SDK sends back under its own name get that of the service as well', async t => {
  const { url, messages } = await world(t, [thinking('reasoning'), answer('fine'), answer('fine')])
  await ask(url, {})
  await ask(url, { reasoning_content: thought })
  t.match(messages()[1], { reasoning: thought, reasoning_content: thought })
  await ask(url, { reasoning: thought })
  t.notOk('reasoning_content' in messages()[1]!)
})

t.test('a service that refuses one name for thoughts keeps the other', async t => {
  const refusal = {
    message: "messages.1.assistant.reasoning_content: property 'reasoning_content' is unsupported",
  }
  const { url, messages } = await world(t, [thinking('reasoning'), error(400, refusal), answer('fine')])
  await ask(url, {})
  await ask(url, { reasoning_content: thought })
  t.match(messages()[1], { reasoning: thought, reasoning_content: undefined })
})

t.test(
  'thoughts have both names before a service has told any, if the configuration asks for them',
  async t => {
    const { url, messages } = await world(t, [answer('fine')], { reasoning_content: true })
    await ask(url, { reasoning_content: thought })
    t.match(messages()[1], { reasoning: thought, reasoning_content: thought })
  },
)

t.test('no thoughts go back if the configuration says so', async t => {
  const { url, messages } = await world(
    t,
    [thinking('reasoning'), answer('done'), answer('fine'), answer('fine')],
    {
      reasoning_content: false,
    },
  )
  const agent = agentOf('messages', url, false)
  await agent.turn('m')
  await agent.turn('m')
  t.notMatch(JSON.stringify(messages()), thought)
  for (const name of ['reasoning', 'reasoning_content']) {
    await ask(url, { [name]: thought })
    t.same(messages()[1], { role: 'assistant', content: 'Yes?' }, `a chat client sends ${name}`)
  }
})

const block = { type: 'thinking', thinking: thought, signature: 'S1' }

/** A call of Claude behind LiteLLM: its thoughts come twice, and their signature last. */
const signing: Action = exchange =>
  (exchange.request.body['stream'] === true
    ? stream(
        [
          ...['I must ', 'list.'].map(text =>
            delta({
              reasoning_content: text,
              thinking_blocks: [{ ...block, thinking: text, signature: null }],
            }),
          ),
          delta({ reasoning_content: '', thinking_blocks: [{ ...block, thinking: '' }] }),
          delta({ tool_calls: [{ index: 0, ...call }] }),
        ],
        { finish: 'tool_calls' },
      )
    : answer(
        { content: null, reasoning_content: thought, thinking_blocks: [block], tool_calls: [call] },
        { finish: 'tool_calls' },
      ))(exchange)

// https://github.com/BerriAI/litellm/issues/15601, https://github.com/anomalyco/opencode/issues/3077
for (const dialect of ['chat', 'messages', 'responses', 'bare'] as const)
  for (const streamed of [false, true])
    t.test(
      `signed thoughts go back to a service that tells them in a chat: ${dialect}, stream: ${streamed}`,
      async t => {
        const { url, messages } = await world(t, [signing, answer('done')])
        const agent = agentOf(dialect, url, streamed)
        await agent.turn('m')
        t.equal(await agent.turn('m'), 'done')
        t.same(messages()[1]!['thinking_blocks'], [block])
      },
    )

t.test('signed thoughts of another service go to none that has told no such thoughts', async t => {
  const { url, messages } = await world(t, [thinking('reasoning'), answer('fine')])
  await ask(url, {})
  await ask(url, { thinking_blocks: [block] })
  t.same(messages()[1], { role: 'assistant', content: 'Yes?' })
})

t.test('signed thoughts that a service cannot verify are left out', async t => {
  const refusal = { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' }
  const { url, messages } = await world(t, [signing, error(400, refusal), answer('fine'), answer('fine')])
  await ask(url, {})
  for (let turn = 0; turn < 2; turn++) {
    await ask(url, { thinking_blocks: [{ ...block, signature: 'S2' }] })
    t.match(messages()[1], { content: 'Yes?', reasoning_content: thought, thinking_blocks: undefined })
  }
})
