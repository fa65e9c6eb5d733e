import OpenAI from 'openai'
import t from 'tap'
import type { Test } from 'tap'
import { eventStream, messages } from '../fake-messages.ts'
import { responses } from '../fake-responses.ts'
import { completion, fakeProvider, reset, sequence } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { hello, model } from './conversation.ts'
import { clientTest, serve } from './serve.ts'

type Piece = readonly [delta: object, finish?: string | null, index?: number]

const text = 'The answer is long enough to be told from another one. '
const cut: Piece[] = [[{ content: text }], [{ content: 'It is ' }]]
const rest: Piece[] = [...cut, [{ content: '42' }], [{}, 'stop']]

function frames(pieces: readonly Piece[]): readonly string[] {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model }
  return pieces.map(([delta, finish_reason = null, index = 0]) => {
    const choices = [{ index, delta, finish_reason }]
    return `data: ${JSON.stringify({ ...head, choices })}\n\n`
  })
}

/** A provider whose chunks name no role, as several compatible services leave it out. */
function withoutRole(...pieces: readonly Piece[]): Action {
  return eventStream(...frames(pieces), 'data: [DONE]\n\n')
}

/** Reads a stream with the helper of OpenAI's SDK, which throws unless each choice has a role. */
async function told(t: Test, openai: OpenAI, more: object = {}): Promise<readonly (string | null)[]> {
  const stream = openai.chat.completions.stream({ model, messages: hello, ...more })
  const roles = new Map<number, string[]>()
  stream.on('chunk', ({ choices }) => {
    for (const { index, delta } of choices) {
      const seen = roles.get(index) ?? []
      roles.set(index, [...seen, delta.role ?? (seen.length === 0 ? 'none' : '')])
    }
  })
  const { choices } = await stream.finalChatCompletion()
  t.same(
    [...roles.values()].map(seen => seen.join('')),
    choices.map(() => 'assistant'),
    'each choice names its role once, in its first chunk',
  )
  t.ok(choices.every(({ message }) => message.role === 'assistant'))
  return choices.map(({ message }) => message.content)
}

clientTest('the first chunk of a relayed choice names its role', async (t, start) => {
  const { openai, provider } = await start([withoutRole(...rest)])
  t.same(await told(t, openai), [`${text}It is 42`])
  provider.script(withoutRole([{ reasoning_content: 'Hm' }], [{ content: '42' }, 'stop']))
  t.same(await told(t, openai), ['42'])
  provider.script(withoutRole([{}], [{ content: '42', role: null }], [{ content: '' }, 'stop']))
  t.same(await told(t, openai), ['42'])
  provider.script(withoutRole([{ content: '42' }, 'stop']))
  t.same(await told(t, openai), ['42'])
})

clientTest('so does the first chunk of each of several', async (t, start) => {
  const turns: Piece[] = [
    [{ content: 'a' }],
    [{ content: 'b' }, null, 1],
    [{ content: 'a' }, 'stop'],
    [{ content: 'b' }, 'stop', 1],
  ]
  const { openai } = await start([withoutRole(...turns)])
  t.same(await told(t, openai, { n: 2 }), ['aa', 'bb'])
})

clientTest('so do choices that are added by further calls', async (t, start) => {
  const { openai } = await start([withoutRole([{ content: 'a' }], [{}, 'stop'])])
  t.same(await told(t, openai, { n: 3 }), ['a', 'a', 'a'])
})

clientTest('so does a call of a tool', async (t, start) => {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const { openai } = await start([withoutRole([{ tool_calls: [call] }], [{}, 'tool_calls'])])
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
  t.same(await told(t, openai, { tools }), [null])
})

clientTest('so does an answer of the cache', async (t, start) => {
  const { openai, provider } = await start([withoutRole(...rest)], { cache: { enabled: true } })
  const asked = { temperature: 0 }
  t.same(await told(t, openai, asked), [`${text}It is 42`])
  t.same(await told(t, openai, asked), [`${text}It is 42`])
  t.equal(provider.requests.length, 1)
})

clientTest('so does a stream that another provider ends', async (t, start) => {
  const broken = sequence(eventStream(...frames(cut)), reset())
  const { openai, providers } = await start([broken, withoutRole(...rest)], {
    routing: { health_check: { enabled: false }, stream_recovery: 'restart' },
  })
  t.same(await told(t, openai), [`${text}It is 42`])
  t.same(
    providers.map(({ requests }) => requests.length),
    [1, 1],
  )
})

clientTest('so does an answer of an approach, and its progress before it', async (t, start) => {
  const { openai } = await start([withoutRole(...rest)])
  for (const approach of ['bon', 're2', 'cot_reflection'])
    t.same(await told(t, openai, { hulumanage_approach: approach }), [`${text}It is 42`])
  const whole = await start([completion('42')])
  const asked = { hulumanage_approach: 'bon', hulumanage_progress: true }
  t.same(await told(t, whole.openai, asked), ['42'])
})

t.test('so does an answer that is translated', async t => {
  for (const [entry, script] of [
    [{ type: 'anthropic' }, messages('42')],
    [{ api: 'responses' }, responses('42')],
  ] as const) {
    const provider = await fakeProvider(t, script)
    const providers = [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }]
    const url = await serve(t, JSON.stringify({ routing: { health_check: { enabled: false } }, providers }))
    t.same(await told(t, new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 })), ['42'])
  }
})
