import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import type { Test } from 'tap'
import { fakeProvider } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import { serve } from './serve.ts'

/** The contents of an answer, whatever its format. */
export interface Told {
  readonly text: string
  readonly thinking: string
  /** Each call as its name and its arguments. */
  readonly calls: readonly string[]
  /** Tokens of the prompt and of the answer. */
  readonly tokens: readonly unknown[]
}

const prompt = [{ role: 'user' as const, content: 'Hi' }]
const parameters = { type: 'object' as const, properties: { a: { type: 'number' } } }
const f = { name: 'f', parameters }
const chatBody = {
  model: 'm',
  messages: prompt,
  tools: [{ type: 'function' as const, function: f }],
}
const messagesBody = {
  model: 'm',
  max_tokens: 99,
  messages: prompt,
  tools: [{ name: 'f', input_schema: parameters }],
}
const responsesBody = {
  model: 'm',
  input: 'Hi',
  tools: [{ type: 'function' as const, strict: false, ...f }],
}

/**
 * Asks a server over a provider that answers like this, through the SDK of each format: what clients of chat, Messages and
 * Responses are told, or the message of the error that each of them gets.
 */
export async function tellAll(
  t: Test,
  script: Script,
  stream: boolean,
  entry: object = {},
): Promise<(Told | string)[]> {
  const provider = await fakeProvider(t, script)
  const url = await serve(
    t,
    JSON.stringify({
      stream_failure: 'event',
      routing: { health_check: { enabled: false }, stream_recovery: 'off' },
      providers: [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }],
    }),
  )
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 })
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0 })
  const ways = [
    async () => chatTold(await (stream ? chatStream(openai) : openai.chat.completions.create(chatBody))),
    async () =>
      messageTold(
        await (stream
          ? anthropic.messages.stream(messagesBody).finalMessage()
          : anthropic.messages.create(messagesBody)),
      ),
    async () =>
      responseTold(
        await (stream
          ? openai.responses.stream(responsesBody).finalResponse()
          : openai.responses.create(responsesBody)),
      ),
  ]
  const told: (Told | string)[] = []
  for (const way of ways) told.push(await way().catch(messageOf))
  return told
}

async function chatStream(openai: OpenAI): Promise<OpenAI.ChatCompletion> {
  const options = { stream_options: { include_usage: true } }
  return await openai.chat.completions.stream({ ...chatBody, ...options }).finalChatCompletion()
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function chatTold({ choices, usage }: OpenAI.ChatCompletion): Told {
  const { content, tool_calls: calls, ...others } = choices[0]!.message
  return {
    text: content ?? '',
    thinking: (others as { reasoning_content?: string }).reasoning_content ?? '',
    calls: (calls ?? []).map(call =>
      call.type === 'function' ? `${call.function.name}(${call.function.arguments})` : call.type,
    ),
    tokens: [usage?.prompt_tokens, usage?.completion_tokens],
  }
}

function messageTold({ content, usage }: Anthropic.Message): Told {
  return {
    text: content.map(block => (block.type === 'text' ? block.text : '')).join(''),
    thinking: content.map(block => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap(block =>
      block.type === 'tool_use' ? [`${block.name}(${JSON.stringify(block.input)})`] : [],
    ),
    tokens: [usage.input_tokens, usage.output_tokens],
  }
}

function responseTold({ output, output_text: text, usage }: OpenAI.Responses.Response): Told {
  return {
    text,
    thinking: output
      .map(item => (item.type === 'reasoning' ? item.summary.map(part => part.text).join('') : ''))
      .join(''),
    calls: output.flatMap(item => (item.type === 'function_call' ? [`${item.name}(${item.arguments})`] : [])),
    tokens: [usage?.input_tokens, usage?.output_tokens],
  }
}
