import OpenAI from 'openai'
import type { Completion } from 'openai/resources'
import type { Action } from '../fake-provider.ts'
import { answer, hold, reset, stream } from '../fake-provider.ts'
import { model } from './conversation.ts'
import { clientTest, errorOf } from './serve.ts'

/** Repeats the question in capitals. */
const louder: Action = ({ request }) => {
  const { messages } = request.body as { messages: { content: string }[] }
  return answer(messages.at(-1)!.content.toUpperCase())
}

/** Text of each choice of a stream. */
function textsOf(chunks: readonly Completion[]): string[] {
  const texts: string[] = []
  for (const { choices } of chunks) {
    for (const { index, text } of choices) texts[index] = (texts[index] ?? '') + text
  }
  return texts
}

clientTest('a prompt is asked as a chat and answered as a completion', async (t, start) => {
  const { openai, provider } = await start([louder])
  const { data, response } = await openai.completions
    .create({ model, prompt: 'Say this', max_tokens: 5, temperature: 0, user: 'ann' })
    .withResponse()
  t.match(data, {
    id: /^cmpl-/,
    object: 'text_completion',
    created: Number,
    model,
    choices: [{ index: 0, text: 'SAY THIS', logprobs: null, finish_reason: 'stop' }],
    usage: { total_tokens: 12 },
  })
  t.equal(response.headers.get('x-hulumanage-approach'), 'proxy')
  t.match(provider.requests[0], {
    path: '/v1/chat/completions',
    body: {
      model,
      messages: [{ role: 'user', content: 'Say this' }],
      max_tokens: 5,
      temperature: 0,
      user: 'ann',
    },
  })
  t.notOk('prompt' in provider.requests[0]!.body)
})

clientTest('a list of prompts gives the choices in their order, with n for each', async (t, start) => {
  const { openai, provider } = await start([louder])
  const { choices, usage } = await openai.completions.create({ model, prompt: ['one', 'two', 'three'], n: 2 })
  t.same(
    choices.map(({ index, text }) => [index, text]),
    ['ONE', 'ONE', 'TWO', 'TWO', 'THREE', 'THREE'].map((text, index) => [index, text]),
  )
  t.equal(provider.requests.length, 3)
  t.equal(usage?.total_tokens, 3 * (7 + 2 * 5))
})

clientTest('completions stream, with usage where it is asked for', async (t, start) => {
  const { openai } = await start([louder])
  const events = await openai.completions.create({
    model,
    prompt: ['one word', 'two words'],
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = await Array.fromAsync(events)
  t.same(textsOf(chunks), ['ONE WORD', 'TWO WORDS'])
  t.ok(chunks.every(({ object, id }) => object === 'text_completion' && id === chunks[0]!.id))
  t.match(chunks.at(-1), { choices: [], usage: { total_tokens: 24 } })
  const finished = chunks.flatMap(({ choices }) => choices).filter(choice => choice.finish_reason)
  t.equal(finished.length, 2)
})

clientTest('approaches work on completions', async (t, start) => {
  const { openai, provider } = await start([answer('7')], { approach: 'auto' })
  for (const fields of [
    { model: 'bon&proxy-gpt-4' },
    { extra_body: { hulumanage_approach: 'proxy', proxy_wrap: 'bon' } },
    { optillm_approach: 'proxy-bon' },
  ]) {
    const request = { model, prompt: 'Pick', ...fields }
    const { data, response } = await openai.completions.create(request).withResponse()
    t.equal(data.choices[0]?.text, '7')
    t.equal(response.headers.get('x-hulumanage-approach'), 'proxy-bon')
  }
  t.ok(provider.requests.every(({ body }) => body['model'] === model))
})

clientTest('a completion stream that is cut raises in the SDK', async (t, start) => {
  const { openai } = await start([stream(['one ', reset()])])
  const events = await openai.completions.create({ model, prompt: 'Count', stream: true })
  const chunks: Completion[] = []
  const reading = async () => {
    for await (const chunk of events) chunks.push(chunk)
  }
  t.match(await errorOf(reading()), { constructor: OpenAI.APIError, code: 'upstream_truncated' })
  t.same(textsOf(chunks), ['one '])
  t.ok(chunks.every(({ choices }) => !choices[0]?.finish_reason))
})

clientTest('a client that leaves takes the calls for all its prompts with it', async (t, start) => {
  const { openai, provider } = await start([hold()])
  const controller = new AbortController()
  const asked = openai.completions.create({ model, prompt: ['one', 'two'] }, { signal: controller.signal })
  const requests = await Promise.all([provider.waitFor(1), provider.waitFor(2)])
  controller.abort()
  t.ok((await errorOf(asked)) instanceof OpenAI.APIUserAbortError)
  await Promise.all(requests.map(({ aborted }) => aborted))
})

clientTest('what a chat cannot give is a BadRequestError', async (t, start) => {
  const { openai, provider } = await start([answer()])
  for (const fields of [
    { suffix: 'end' },
    { logprobs: 2 },
    { best_of: 3 },
    { prompt: [1, 2] },
    { prompt: [] },
  ]) {
    const thrown = await errorOf(openai.completions.create({ model, prompt: 'Say', ...fields }))
    t.ok(thrown instanceof OpenAI.BadRequestError, JSON.stringify(fields))
    t.match(thrown, { param: Object.keys(fields)[0] })
  }
  t.same(provider.requests, [])
})
