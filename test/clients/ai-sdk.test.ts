import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, embed, generateText, isStepCount, streamText, tool } from 'ai'
import type { LanguageModel } from 'ai'
import { z } from 'zod'
import { answer, error, gate, hold, json, reset, stream } from '../fake-provider.ts'
import { callingTool, model, toolCall } from './conversation.ts'
import { clientKey, clientTest, errorOf } from './serve.ts'
import type { World } from './serve.ts'

const settings = ({ baseURL }: World) => ({ baseURL, apiKey: clientKey })

/** A model from each of the packages, in each of its formats. */
const models: Readonly<Record<string, (world: World) => LanguageModel>> = {
  'openai, chat completions': world => createOpenAI(settings(world)).chat(model),
  'openai, responses': world => createOpenAI(settings(world)).responses(model),
  'openai-compatible': world =>
    createOpenAICompatible({ name: 'local', includeUsage: true, ...settings(world) })(model),
  anthropic: world => createAnthropic(settings(world))(model),
}

for (const [name, modelOf] of Object.entries(models)) {
  clientTest(`${name}: a text is generated, with usage`, async (t, start) => {
    const world = await start([answer('Hello there')])
    const { text, usage, finishReason } = await generateText({
      model: modelOf(world),
      instructions: 'Be brief.',
      prompt: 'Hello',
    })
    t.equal(text, 'Hello there')
    t.equal(finishReason, 'stop')
    t.match(usage, { inputTokens: 7, outputTokens: 5 })
    t.match(world.provider.requests[0]!.body, {
      model,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
    })
  })

  clientTest(`${name}: a text streams as the model writes, with usage`, async (t, start) => {
    const second = gate()
    const world = await start([stream(['one ', hold(second), 'two'])])
    const result = streamText({ model: modelOf(world), prompt: 'Count' })
    let text = ''
    for await (const piece of result.textStream) {
      text += piece
      if (text === 'one ') second.release()
    }
    t.equal(text, 'one two')
    t.match(await result.usage, { inputTokens: 7, outputTokens: 5 })
  })

  for (const streamed of [false, true]) {
    clientTest(`${name}: tools are run, ${streamed ? 'streamed' : 'whole'}`, async (t, start) => {
      const world = await start([[callingTool, answer('Rain in Oslo')]])
      const places: string[] = []
      const asked = {
        model: modelOf(world),
        prompt: 'How is the weather in Oslo?',
        stopWhen: isStepCount(3),
        tools: {
          weather: tool({
            description: 'Weather at a place',
            inputSchema: z.object({ place: z.string() }),
            execute: async ({ place }) => {
              places.push(place)
              return 'rain'
            },
          }),
        },
      }
      const text = streamed ? await streamText(asked).text : (await generateText(asked)).text
      t.equal(text, 'Rain in Oslo')
      t.same(places, ['Oslo'])
      t.match(world.provider.requests[1]!.body, {
        tools: [{ type: 'function', function: { name: 'weather' } }],
        messages: [
          { role: 'user' },
          { role: 'assistant', tool_calls: [{ id: toolCall.id, function: { name: 'weather' } }] },
          { role: 'tool', tool_call_id: toolCall.id, content: /rain/ },
        ],
      })
    })
  }

  clientTest(`${name}: errors have a status, and break a stream off`, async (t, start) => {
    const world = await start([[error(400, { message: 'too many' }), stream(['one ', reset()])]])
    const asked = { model: modelOf(world), prompt: 'Hello', maxRetries: 0 }
    const thrown = await errorOf(generateText(asked))
    t.ok(APICallError.isInstance(thrown))
    t.match(thrown, { statusCode: 400, message: /too many/ })
    const told: unknown[] = []
    const result = streamText({ ...asked, onError: ({ error: one }) => void told.push(one) })
    let text = ''
    for await (const piece of result.textStream) text += piece
    t.equal(text, 'one ')
    t.equal(told.length, 1)
  })
}

clientTest('openai: embeddings', async (t, start) => {
  const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }]
  const world = await start([
    json({ object: 'list', data, model, usage: { prompt_tokens: 3, total_tokens: 3 } }),
  ])
  const { embedding } = await embed({ model: createOpenAI(settings(world)).embedding(model), value: 'Hello' })
  t.strictSame(embedding, [0.5, 0.25])
})
