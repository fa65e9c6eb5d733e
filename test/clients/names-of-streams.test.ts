import t from 'tap'
import { eventStream } from '../fake-messages.ts'
import { chunksOf } from './chunks-of.ts'
import { tellAll } from './told.ts'

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'gpt-4o' }
const nameless = { id: '', object: '', created: 0, model: '' }
const done = 'data: [DONE]\n\n'

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function choice(delta: object, finish: string | null = null) {
  return { choices: [{ index: 0, delta, finish_reason: finish }] }
}

const text = [
  event({ ...head, ...choice({ role: 'assistant', content: 'Hel' }) }),
  event({ ...head, ...choice({ content: 'lo' }) }),
  event({ ...head, ...choice({}, 'stop') }),
  done,
]

// https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
t.test(
  'chunks before the first content have the names that come later, and all else that they say',
  async t => {
    const found = [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }]
    const filtered = { choices: [], prompt_filter_results: found }
    for (const first of [
      { ...nameless, ...filtered },
      { ...filtered, usage: null },
      { ...nameless, ...filtered, choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
      { ...head, id: null, ...filtered },
      { ...head, model: '', ...filtered },
    ]) {
      const { data } = await chunksOf(t, eventStream(event(first), ...text))
      t.match(data[0], { prompt_filter_results: found })
      for (const { id, created, model } of data)
        t.same({ id, created, model }, { id: head.id, created: head.created, model: head.model })
      t.ok(data.every(({ choices }) => choices.length === 1))
    }
  },
)

// https://github.com/jakobdylanc/llmcord/pull/104, https://github.com/madox2/vim-ai/issues/72
t.test(
  'every chunk without usage has a choice, and what one without choices says is in the next',
  async t => {
    const found = { prompt_filter_results: [{ prompt_index: 0 }] }
    const first = [event({ ...nameless, choices: [], ...found }), event({ choices: [], usage: null })]
    const { data, text: sent } = await chunksOf(t, eventStream(...first, ...text))
    t.match(data, [
      { ...head, ...found, choices: [{ delta: { role: 'assistant', content: 'Hel' } }] },
      { ...head, choices: [{ delta: { content: 'lo' } }] },
      { ...head, choices: [{ finish_reason: 'stop' }] },
    ])
    t.equal(data.length, 3)
    t.ok(sent.includes(text[1]!), 'the bytes of the others are relayed')
  },
)

t.test('names that are made up stay once content has been sent under them', async t => {
  const begun = event({ ...nameless, ...choice({ role: 'assistant', content: 'Oh, ' }) })
  const { data } = await chunksOf(t, eventStream(begun, ...text))
  t.equal(new Set(data.map(({ id }) => id)).size, 1)
  t.not(data[0]!.id, '')
  t.same([...new Set(data.map(({ model }) => model))], ['m'])
})

t.test('an answer has the name of one model, though a service may name another later', async t => {
  const renamed = event({ ...head, model: 'gpt-4o-2024-08-06', ...choice({ content: '!' }) })
  const { data } = await chunksOf(t, eventStream(...text.slice(0, 2), renamed, ...text.slice(2)))
  t.same([...new Set(data.map(({ model }) => model))], [head.model])
})

t.test('every client hears an answer that begins with a chunk without names', async t => {
  const first = event({ ...nameless, choices: [], prompt_filter_results: [{ prompt_index: 0 }] })
  for (const told of await tellAll(t, eventStream(first, ...text), true)) t.match(told, { text: 'Hello' })
})

t.test('a whole answer put together from a stream has what its first chunks say', async t => {
  const filtered = { prompt_filter_results: [{ prompt_index: 0 }] }
  const first = event({ ...nameless, choices: [], ...filtered })
  const named = text
    .slice(0, -1)
    .map(line => line.replace('"choices"', '"system_fingerprint":"fp_1","choices"'))
  const { text: json } = await chunksOf(t, eventStream(first, ...named, done), { stream: false })
  const { id, created, model } = head
  t.match(JSON.parse(json), { id, created, model, ...filtered, system_fingerprint: 'fp_1' })
})

// They are more than a socket delivers at once, and more than is queued for a slow reader.
t.test('chunks that say nothing hold up no stream, however many come before the content', async t => {
  const empty = event({ ...head, ...choice({ role: 'assistant', content: '' }) })
  const bare = event({ ...head, choices: [], prompt_filter_results: [{ prompt_index: 0 }] })
  for (const [first, kept] of [
    [empty, 1],
    [bare, 0],
  ] as const) {
    const many = Array.from({ length: 5000 }, () => first).join('')
    const { data } = await chunksOf(t, eventStream(many, ...text))
    const told = data.map(({ choices }) => choices[0]?.delta.content)
    t.same(told.filter(Boolean), ['Hel', 'lo'])
    t.ok(data.length >= text.length - 1 + kept)
    t.ok(data.length < 500, 'they are not all kept')
    if (first === bare) t.match(data[0], { prompt_filter_results: [{ prompt_index: 0 }] })
  }
})

t.test('a choice that begins behind many such chunks has its role', async t => {
  const of = (index: number, delta: object, finish: string | null = null) =>
    event({ ...head, choices: [{ index, delta, finish_reason: finish }] })
  const many = Array.from({ length: 5000 }, () => of(0, { role: 'assistant', content: '' })).join('')
  const rest = [of(1, { role: 'assistant' }), of(1, { content: 'B' }), of(0, {}, 'stop'), of(1, {}, 'stop')]
  const { data } = await chunksOf(t, eventStream(many, ...rest, done), { n: 2 })
  const second = data.flatMap(({ choices }) => choices).filter(({ index }) => index === 1)
  t.match(second, [{ delta: { role: 'assistant' } }, { delta: { content: 'B' } }, { finish_reason: 'stop' }])
})

// https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
t.test('the results of a filter are told with an answer that is nothing but its end', async t => {
  const found = { prompt_filter_results: [{ prompt_index: 0 }] }
  const first = event({ ...nameless, choices: [], ...found })
  const end = event({ ...head, ...choice({}, 'content_filter') })
  const { data } = await chunksOf(t, eventStream(first, end, done))
  t.match(data, [
    { id: head.id, model: head.model, choices: [], ...found },
    { id: head.id, choices: [{ finish_reason: 'content_filter' }] },
  ])
  const { text: json } = await chunksOf(t, eventStream(first, end, done), { stream: false })
  t.match(JSON.parse(json), { id: head.id, ...found, choices: [{ finish_reason: 'content_filter' }] })
})
