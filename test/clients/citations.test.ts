import t from 'tap'
import type { Test } from 'tap'
import { eventStream, messages as fakeMessages } from '../fake-messages.ts'
import { fakeProvider } from '../fake-provider.ts'
import { answerViolations } from '../strict/answers.ts'
import { serve } from './serve.ts'

const page = { type: 'page_location', cited_text: 'Grass is green.', document_index: 0, document_title: 'a' }
const web = { type: 'web_search_result_location', url: 'https://a.example', title: 'A', cited_text: 'Sky.' }
const content = [
  { type: 'text', text: 'It says: ' },
  { type: 'text', text: 'grass is green', citations: [page] },
  { type: 'text', text: ' and ' },
  { type: 'text', text: 'the sky is blue', citations: [web, page] },
  { type: 'text', text: '.' },
]
const text = content.map(block => block.text).join('')
const messages = [{ role: 'user', content: 'Which colours?' }]

/** Asks a server over a provider of Messages whose answers cite; the body of the answer. */
async function ask(
  t: Test,
  path: string,
  body: object,
  blocks: readonly Readonly<Record<string, unknown>>[] = content,
): Promise<string> {
  const { url } = await fakeProvider(t, fakeMessages(blocks))
  const provider = { name: 'p', type: 'anthropic', base_url: url, api_key: 'k' }
  const address = await serve(t, JSON.stringify({ providers: [provider] }))
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ max_tokens: 100, ...body }),
  })
  const answer = await response.text()
  t.equal(response.status, 200, answer)
  return answer
}

interface TextBlock {
  readonly type: string
  text: string
  citations?: object[]
}

/** The blocks of text that a client assembles from a stream. */
function blocksIn(events: string): TextBlock[] {
  const blocks: TextBlock[] = []
  for (const [, data] of events.matchAll(/^data: (.*)$/gm)) {
    const { type, index, content_block, delta } = JSON.parse(data!) as Event
    if (type === 'content_block_start') blocks[index!] = content_block!
    if (type !== 'content_block_delta') continue
    const block = blocks[index!]!
    block.text += delta?.text ?? ''
    if (delta?.citation) block.citations = [...(block.citations ?? []), delta.citation]
  }
  return blocks
}

interface Event {
  readonly type: string
  readonly index?: number
  readonly content_block?: TextBlock
  readonly delta?: { readonly text?: string; readonly citation?: object }
}

for (const approach of ['bon', 'self_consistency', 're2'] as const) {
  t.test(`under ${approach}, a client of Messages gets the citations of the answer`, async t => {
    const whole = await ask(t, '/v1/messages', { model: `${approach}-claude`, messages })
    t.same(answerViolations('messages', whole), [])
    t.same((JSON.parse(whole) as { content: object[] }).content, content)
    const streamed = await ask(t, '/v1/messages', { model: `${approach}-claude`, messages, stream: true })
    t.same(answerViolations('messages', streamed), [])
    const blocks = blocksIn(streamed)
    t.same(blocks, content, 'the blocks of a stream are those of the provider')
  })
}

t.test('citations that are not objects are left out, and the others stay', async t => {
  const odd = [
    { type: 'text', text: 'Grass', citations: [null, 7, page] },
    { type: 'text', text: '', citations: [web] },
    { type: 'text', text: ' grows.', citations: 'none' },
  ]
  for (const stream of [false, true]) {
    const answer = await ask(t, '/v1/messages', { model: 're2-claude', messages, stream }, odd)
    t.same(answerViolations('messages', answer), [])
    const blocks = stream ? blocksIn(answer) : (JSON.parse(answer) as { content: TextBlock[] }).content
    t.match(blocks, [{ text: 'Grass', citations: [page] }, { text: ' grows.' }], `stream: ${stream}`)
    t.equal(blocks.length, 2)
  }
})

t.test('links of a search are annotations for clients of other dialects', async t => {
  const [start, end] = [text.indexOf('the sky'), text.indexOf('the sky') + 'the sky is blue'.length]
  const link = { url: web.url, title: 'A', start_index: start, end_index: end }
  const chat = await ask(t, '/v1/chat/completions', { model: 'claude', messages })
  t.same(answerViolations('chat', chat), [])
  t.match(JSON.parse(chat), {
    choices: [{ message: { content: text, annotations: [{ type: 'url_citation', url_citation: link }] } }],
  })
  const streamed = await ask(t, '/v1/chat/completions', { model: 'claude', messages, stream: true })
  t.same(answerViolations('chat', streamed), [])
  t.match(streamed, JSON.stringify({ type: 'url_citation', url_citation: link }))
  const response = await ask(t, '/v1/responses', { model: 'claude', input: 'Which colours?' })
  t.same(answerViolations('responses', response), [])
  t.match(JSON.parse(response), {
    output: [{ content: [{ annotations: [{ type: 'url_citation', ...link }] }] }],
  })
})

t.test('links that a service tells behind a tool call belong to the text before it', async t => {
  const annotations = [{ type: 'url_citation', url_citation: { url: 'https://example.org', title: 'E' } }]
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const event = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  for (const ends of [
    [event({ tool_calls: [call] }), event({ annotations }), event({}, 'tool_calls')],
    [event({ tool_calls: [call], annotations }), event({}, 'tool_calls')],
    [event({ tool_calls: [call] }), event({ annotations }, 'tool_calls')],
  ]) {
    const provider = await fakeProvider(
      t,
      eventStream(event({ role: 'assistant', content: 'Here' }), ...ends, 'data: [DONE]\n\n'),
    )
    const entry = { name: 'p', base_url: provider.url, api_key: 'k' }
    const url = await serve(t, JSON.stringify({ providers: [entry] }))
    const response = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, input: 'Hi' }),
    })
    const text = await response.text()
    t.strictSame(answerViolations('responses', text), [])
    const found = {
      type: 'url_citation',
      url: 'https://example.org',
      title: 'E',
      start_index: 4,
      end_index: 4,
    }
    const last = JSON.parse(/"type":"response.completed","response":(\{.*\}),/.exec(text)![1]!) as {
      output: unknown
    }
    t.match(last.output, [{ content: [{ text: 'Here', annotations: [found] }] }, { type: 'function_call' }])
    t.match(text, /"type":"response.output_text.annotation.added"/)
  }
})
