import t from 'tap'
import type { Test } from 'tap'
import { eventStream, eventsOf, messageOf } from '../fake-messages.ts'
import { fakeProvider, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { eventsOf as responseEvents, responseOf, said } from '../fake-responses.ts'
import { serve } from './serve.ts'

const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
const frame = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const done = 'data: [DONE]\n\n'

function chunk(delta: object, finish_reason: string | null = null, more: object = {}, inside: object = {}) {
  return frame({ ...head, choices: [{ index: 0, delta, finish_reason, ...inside }], ...more })
}

function whole(message: object, finish_reason = 'stop', more: object = {}): Action {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }]
  return json({ ...head, object: 'chat.completion', choices, ...more })
}

const user = [{ role: 'user', content: 'Hi' }]
const asked: Readonly<Record<string, Json>> = {
  '/chat/completions': { messages: user },
  '/messages': { messages: user, max_tokens: 99 },
  '/responses': { input: 'Hi' },
}

/** The text of the answers to clients of chat, Messages and Responses, from a service that answers like this. */
async function answers(t: Test, action: Action, stream: boolean, entry: object = {}): Promise<string[]> {
  const provider = await fakeProvider(t, action)
  const config = {
    routing: { health_check: { enabled: false } },
    providers: [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }],
  }
  const url = await serve(t, JSON.stringify(config))
  const told: string[] = []
  for (const [path, body] of Object.entries(asked)) {
    const usage = stream && path === '/chat/completions' ? { stream_options: { include_usage: true } } : {}
    const response = await fetch(`${url}/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream, ...body, ...usage }),
    })
    const text = await response.text()
    t.equal(response.status, 200, text.slice(0, 500))
    told.push(text)
  }
  return told
}

/** The last figure of a name in each answer. */
function figures(texts: readonly string[], ...names: readonly string[]): unknown[] {
  return texts.map((text, at) => {
    const found = text.match(new RegExp(`"${names[at]}":(\\d+|null)`, 'g'))?.at(-1)
    return found === undefined ? undefined : Number(found.slice(found.indexOf(':') + 1))
  })
}

const count = { prompt_tokens: 1000, completion_tokens: 5, total_tokens: 1005 }

// https://github.com/mozilla-ai/any-llm/issues/816, https://github.com/earendil-works/pi/issues/2017
t.test('cached tokens are those of each format, under whichever name a service has for them', async t => {
  const names: readonly (readonly [Json, number])[] = [
    [{ prompt_tokens_details: { cached_tokens: 800 } }, 800],
    [{ prompt_cache_hit_tokens: 800, prompt_cache_miss_tokens: 200 }, 800],
    [{ cached_tokens: 800 }, 800],
    [{ prompt_tokens_details: { cached_tokens: null }, completion_tokens_details: null }, 0],
  ]
  for (const [more, cached] of names) {
    const usage = { ...count, ...more }
    const hello = chunk({ role: 'assistant', content: 'Hello' })
    const shapes = [
      [whole({ content: 'Hello' }, 'stop', { usage }), false],
      [eventStream(hello, chunk({}, 'stop'), frame({ ...head, choices: [], usage }), done), true],
      [eventStream(hello, chunk({}, 'stop', {}, { usage }), done), true],
    ] as const
    for (const [action, stream] of shapes) {
      const told = await answers(t, action, stream)
      const about = JSON.stringify({ more, stream })
      const [, ...translated] = figures(told, '', 'cache_read_input_tokens', 'cached_tokens')
      t.same(translated, [cached, cached], about)
      const input = figures(told, 'prompt_tokens', 'input_tokens', 'input_tokens')
      t.same(input, [1000, 1000 - cached, 1000], about)
    }
  }
})

t.test('figures that grow from chunk to chunk are told once, as they are in the end', async t => {
  const usage = (completion_tokens: number) => ({
    usage: { prompt_tokens: 11, completion_tokens, total_tokens: 11 + completion_tokens },
  })
  const pieces = [
    chunk({ role: 'assistant', content: 'o' }, null, usage(1)),
    chunk({ content: 'k' }, null, usage(2)),
  ]
  const told = await answers(t, eventStream(...pieces, chunk({}, 'stop', usage(3)), done), true)
  t.same(figures(told, 'prompt_tokens', 'input_tokens', 'input_tokens'), [11, 11, 11])
  t.same(figures(told, 'completion_tokens', 'output_tokens', 'output_tokens'), [3, 3, 3])
})

t.test('figures that Anthropic tells late, or twice, are counted once', async t => {
  const late = {
    input_tokens: 50,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 20,
    output_tokens: 9,
  }
  const told = await answers(t, eventStream(...eventsOf('ok', { usage: late })), true, { type: 'anthropic' })
  t.same(figures(told, 'prompt_tokens', 'input_tokens', 'input_tokens'), [170, 50, 170])
  t.same(figures(told, 'completion_tokens', 'output_tokens', 'output_tokens'), [9, 9, 9])
})

// https://github.com/BerriAI/litellm/issues/40857, https://github.com/vercel/ai/issues/8412
t.test('a refusal is one in each format, whole and streamed', async t => {
  const words = 'I cannot'
  const response = responseOf([{ ...said(''), content: [{ type: 'refusal', refusal: words }] }])
  const shapes: readonly (readonly [Action, boolean, object])[] = [
    [whole({ content: null, refusal: words }), false, {}],
    [eventStream(chunk({ role: 'assistant', refusal: words }), chunk({}, 'stop'), done), true, {}],
    [json(response), false, { api: 'responses' }],
  ]
  for (const [action, stream, entry] of shapes) {
    const [chat = '', message = '', told = ''] = await answers(t, action, stream, entry)
    t.match(chat, /"refusal":"I cannot"/)
    t.match(message, /"text":"I cannot"/)
    t.match(message, /"stop_reason":"refusal"/)
    t.match(told, stream ? /"type":"response\.refusal\.delta"/ : /"refusal":"I cannot"/)
  }
})

t.test('a filter that ends an answer is told in the word of each format', async t => {
  const filtered = whole({ content: '' }, 'content_filter')
  const refused = json({ ...messageOf([]), stop_reason: 'refusal' })
  for (const [action, entry] of [
    [filtered, {}],
    [refused, { type: 'anthropic' }],
  ] as const) {
    const [chat = '', message = '', told = ''] = await answers(t, action, false, entry)
    t.match(chat, /"finish_reason":"content_filter"/)
    t.match(message, /"stop_reason":"refusal"/)
    t.match(told, /"incomplete_details":\{"reason":"content_filter"\}/)
  }
})

// https://github.com/openai/openai-go/issues/368, https://github.com/maximhq/bifrost/issues/1256
t.test('an event of more than a megabyte reaches clients of each format from services of each', async t => {
  const long = 'x'.repeat(1_200_000)
  const lengthened = (event: string) => event.replaceAll('SHORT', long)
  const shapes: readonly (readonly [Action, object])[] = [
    [eventStream(chunk({ role: 'assistant', content: long }), chunk({}, 'stop'), done), {}],
    [eventStream(...eventsOf('SHORT').map(lengthened)), { type: 'anthropic' }],
    [eventStream(...responseEvents(responseOf('SHORT')).map(lengthened)), { api: 'responses' }],
  ]
  for (const [action, entry] of shapes) {
    const told = await answers(t, action, true, entry)
    for (const [at, end] of ['[DONE]', 'message_stop', 'response.completed'].entries()) {
      t.ok(told[at]!.length > long.length, JSON.stringify(entry))
      t.ok(told[at]!.includes(end), end)
    }
  }
})
