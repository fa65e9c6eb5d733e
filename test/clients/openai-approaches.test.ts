import type OpenAI from 'openai'
import type { Action, Exchange, ReceivedRequest } from '../fake-provider.ts'
import { answer, delta, error, gate, hold, sequence, stream } from '../fake-provider.ts'
import { callingTool, conversation, hello, model, textOf, toolCall, weather } from './conversation.ts'
import { clientTest, errorOf } from './serve.ts'

/** A model that grades with 7 and answers everything else with 42, in the tags that the prompt asks for. */
const sage: Action = ({ request }) => {
  const last = lastText(request)
  if (/grade/i.test(last)) return answer('7')
  return answer(asksForTags(request) ? '<thinking>6 * 7</thinking><output>42</output>' : '42')
}

const methods = 'bon moa self_consistency cot_reflection re2 sets ab_mcts pick effort compact'
const approaches = methods.split(' ')
for (const approach of approaches) {
  const request = {
    model: `${approach}-${model}`,
    messages: conversation,
    user: 'ann',
    metadata: { team: 'blue' },
  } satisfies OpenAI.ChatCompletionCreateParams

  clientTest(`${approach} answers through the SDK, whole`, async (t, start) => {
    const { openai, provider } = await start([sage])
    const { data, response } = await openai.chat.completions.create(request).withResponse()
    t.match(data, {
      id: String,
      object: 'chat.completion',
      model,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: '42' } }],
    })
    t.equal(data.choices.length, 1)
    t.equal(response.headers.get('x-hulumanage-approach'), `proxy-${approach}`)
    t.equal(data.usage?.total_tokens, total(provider.requests), 'usage is that of all calls')
    t.equal(response.headers.get('x-hulumanage-calls'), String(provider.requests.length))
    for (const { body } of provider.requests) {
      t.same(flattened(body['messages'] as unknown[]), [], 'every message is still there')
      t.match(body, { model, user: 'ann', metadata: { team: 'blue' } })
    }
  })

  clientTest(`${approach} answers through the SDK, streamed`, async (t, start) => {
    const { openai } = await start([sage])
    const events = await openai.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(events)
    t.equal(textOf(chunks), '42')
    t.equal(chunks.filter(({ choices }) => choices[0]?.finish_reason === 'stop').length, 1)
    t.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0)
    t.equal(chunks.filter(({ usage }) => usage).length, 1)
    t.equal(new Set(chunks.map(({ id }) => id)).size, 1)
  })

  clientTest(`${approach} gives as many choices as n asks for`, async (t, start) => {
    const { openai } = await start([sage])
    const asked = { ...request, n: 2 }
    const whole = await openai.chat.completions.create(asked)
    const streamed = await openai.chat.completions.stream(asked).finalChatCompletion()
    for (const { choices } of [whole, streamed]) {
      t.match(choices, [
        { index: 0, finish_reason: 'stop', message: { content: '42' } },
        { index: 1, finish_reason: 'stop', message: { content: '42' } },
      ])
      t.equal(choices.length, 2)
    }
  })

  clientTest(`${approach} hands a refusal to the client, for that is an answer`, async (t, start) => {
    const { openai } = await start([answer({ content: null, refusal: 'I cannot help with that' })])
    const refused = [{ message: { content: null, refusal: 'I cannot help with that' } }]
    t.match((await openai.chat.completions.create(request)).choices, refused)
    const { choices } = await openai.chat.completions.stream(request).finalChatCompletion()
    t.match(choices, [{ finish_reason: 'stop', message: { refusal: 'I cannot help with that' } }])
  })

  clientTest(`${approach} hands tool calls to the client as tool calls`, async (t, start) => {
    const { openai, provider } = await start([callingTool])
    const asked = { ...request, messages: hello, tools: [weather] }
    const [choice] = (await openai.chat.completions.create(asked)).choices
    t.match(choice, { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } })
    t.match(provider.requests.at(-1)!.body, { tools: [weather] })
    const final = await openai.chat.completions.stream(asked).finalChatCompletion()
    t.match(final.choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  })

  clientTest(`${approach} stops its calls when the client goes`, async (t, start) => {
    const { openai, provider } = await start([hold()])
    const controller = new AbortController()
    const asked = openai.chat.completions.create(request, { signal: controller.signal })
    const first = await provider.waitFor(1)
    controller.abort()
    await errorOf(asked)
    await first.aborted
    // ab_mcts asks for each of its first answers in a call of its own.
    t.ok(provider.requests.length <= (approach === 'ab_mcts' ? 3 : 1))
  })

  clientTest(`${approach} fails as an error where every call fails`, async (t, start) => {
    const { openai } = await start([error(500)])
    for (const streamed of [false, true]) {
      const thrown = await errorOf(openai.chat.completions.create({ ...request, stream: streamed }))
      t.match(thrown, { status: 502 })
    }
  })
}

clientTest('bon draws and grades with the params of a request, which never leave', async (t, start) => {
  const grades: Record<string, string> = { a: '3', b: '9', c: '5', d: '1' }
  const graded: Action = ({ request }) => {
    const { messages } = request.body as { messages: { content: string }[] }
    return messages.length > 1 ? answer(grades[messages[1]!.content] ?? '0') : answer(Object.keys(grades))
  }
  const { openai, provider } = await start([graded])
  for (const fields of [{ best_of_n: 4 }, { extra_body: { hulumanage_params: { bon: { n: 4 } } } }]) {
    const request = { model: `bon-${model}`, messages: hello, ...fields }
    const { choices } = await openai.chat.completions.create(request)
    t.equal(choices[0]?.message.content, 'b')
  }
  t.equal(provider.requests.length, 2 * (1 + 4))
})

clientTest('grading runs side by side', async (t, start) => {
  const all = gate()
  const graded: Action = ({ request }: Exchange) =>
    /grade/i.test(lastText(request)) ? sequence(hold(all), answer('7')) : answer(['42', '41', '40'])
  const { openai } = await start([graded])
  const asked = openai.chat.completions.create({ model: `bon-${model}`, messages: hello })
  await all.reached(3)
  all.release()
  t.equal((await asked).choices[0]?.message.content, '42')
})

clientTest('the last call of moa streams as the model writes', async (t, start) => {
  const second = gate()
  const { openai } = await start([
    ({ request }) => (request.body['stream'] ? stream(['one ', hold(second), 'two']) : answer('a draft')),
  ])
  let text = ''
  const events = await openai.chat.completions.create({
    model: `moa-${model}`,
    messages: hello,
    stream: true,
    ...twoDrafts,
  })
  for await (const chunk of events) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text === 'one ') second.release()
  }
  t.equal(text, 'one two')
})

clientTest(
  'where the last call of moa refuses, a draft takes its place, without the refusal',
  async (t, start) => {
    const refusing = stream([delta({ refusal: 'I cannot' })])
    const { openai } = await start([({ request }) => (request.body['stream'] ? refusing : answer('a draft'))])
    const asked = { model: `moa-${model}`, messages: hello, ...twoDrafts }
    const { choices } = await openai.chat.completions.stream(asked).finalChatCompletion()
    t.match(choices, [{ message: { content: 'a draft', refusal: null }, finish_reason: 'stop' }])
  },
)

/** Two drafts that agree are merged; more of them are the answer. */
const twoDrafts = { hulumanage_params: { moa: { n: 2 } } }

/** The text of the last message of a request. */
function lastText({ body }: ReceivedRequest): string {
  const { messages } = body as { messages: { content: unknown }[] }
  return JSON.stringify(messages.at(-1)?.content)
}

function asksForTags({ text }: ReceivedRequest): boolean {
  return text.includes('<output>')
}

/** Finds messages of the conversation that did not reach the provider; a step may add to the text of one. */
function flattened(messages: readonly unknown[]): unknown[] {
  const added = messages.map(message => JSON.stringify(message))
  return conversation.filter((message, index) => {
    const start = JSON.stringify(message).replace(/"?\}$/, '').replace(/\]$/, '')
    return !added[index]?.startsWith(start)
  })
}

/** Adds up the tokens that the fake provider reports for these calls. */
function total(requests: readonly ReceivedRequest[]): number {
  return requests.reduce((sum, { body }) => sum + 7 + 5 * ((body['n'] as number | undefined) ?? 1), 0)
}
