import Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import type { Action } from '../fake-provider.ts'
import { answer } from '../fake-provider.ts'
import { callingTool, conversation, hello, model, toolCall, weather } from './conversation.ts'
import { clientKey, clientTest } from './serve.ts'

/** Grades with 7, and answers all else with 42. */
const sage: Action = ({ request }) => answer(/grade/i.test(request.text) ? '7' : '42')

const chains = { 'bon-moa': 1, '(bon|moa)&re2': 1, 'bon&moa|re2': 2, 'cache-bon-moa': 1 }

interface Traced {
  readonly hulumanage_trace?: readonly { readonly path: string; readonly calls?: readonly unknown[] }[]
}

for (const [chain, width] of Object.entries(chains)) {
  clientTest(`${chain} answers in every dialect, whole and streamed, with its trace`, async (t, start) => {
    const { openai, baseURL } = await start([sage])
    const anthropic = new Anthropic({
      baseURL: baseURL.replace(/\/v1$/, ''),
      apiKey: clientKey,
      maxRetries: 0,
    })
    const ours = { hulumanage_approach: chain, hulumanage_trace: true }
    const asked = { model, messages: conversation, ...ours }

    const whole = (await openai.chat.completions.create(asked)) as OpenAI.ChatCompletion & Traced
    t.equal(whole.choices.length, width)
    t.equal(whole.choices[0]?.message.content, '42')
    t.match(whole.hulumanage_trace, [{ path: /^(cache\.)?proxy/ }])

    const options = { stream_options: { include_usage: true } }
    const stream = await openai.chat.completions.create({ ...asked, ...options, seed: 1, stream: true })
    const chunks = (await Array.fromAsync(stream)) as (OpenAI.ChatCompletionChunk & Traced)[]
    const told = chunks.filter(chunk => chunk.hulumanage_trace)
    t.same(told, [chunks.at(-1)], 'once, in the last event')
    t.ok(chunks.at(-1)?.usage?.total_tokens, 'which has the usage as well')
    const final = await openai.chat.completions.stream({ ...asked, seed: 2 }).finalChatCompletion()
    t.equal(final.choices[0]?.message.content, '42')

    const completion = await openai.completions.create({ model, prompt: 'q', ...ours })
    t.equal(completion.choices[0]?.text, '42')
    t.ok((completion as Traced).hulumanage_trace)

    const response = await openai.responses.create({ model, input: 'q', ...ours })
    t.equal(response.output_text, '42')
    t.ok((response as Traced).hulumanage_trace)

    const message = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'q' }], ...ours }
    const sent = anthropic.messages.stream(message)
    const events = (await Array.fromAsync(sent)) as ({ readonly type: string } & Traced)[]
    t.match(events.at(-1), { type: 'message_stop', hulumanage_trace: Array })
    t.match((await sent.finalMessage()).content, [{ type: 'text', text: '42' }])
  })

  clientTest(`${chain} hands a tool call to the client`, async (t, start) => {
    const { openai } = await start([callingTool])
    const asked = { model, messages: hello, tools: [weather], hulumanage_approach: chain }
    const { choices } = await openai.chat.completions.create(asked)
    t.match(choices[0], { finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } })
  })
}

clientTest(
  'a spent budget is told in the finish reason, the header and the last comment',
  async (t, start) => {
    const { baseURL } = await start([answer(['41', '42', '43'])])
    for (const stream of [false, true]) {
      const response = await fetch(`${baseURL}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: `bon-${model}`,
          messages: hello,
          stream,
          hulumanage_budget: { tokens: 1 },
        }),
      })
      t.equal(response.headers.get('x-hulumanage-budget'), 'tokens')
      const text = await response.text()
      t.match(text, /"finish_reason":"length"/)
      if (stream) t.match(text, /: hulumanage \{.*"budget":"tokens"\}/)
    }
  },
)
