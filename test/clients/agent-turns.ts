import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

/** A client with an official SDK, whose model calls a tool: each turn returns the previous answer, and a result. */
export interface Agent {
  /** Makes the next turn; returns the model's text. */
  turn: (model: string) => Promise<string>
}

/** `bare`: chat by a client that sends nothing of a call back but its id, its name and its arguments. */
export type AgentDialect = 'messages' | 'responses' | 'chat' | 'bare'

const ask = 'List the files.'
const parameters = { type: 'object' as const, properties: {} }

/** Creates a client of a dialect for a server; `baseURL` ends with `/v1`. */
export function agentOf(dialect: AgentDialect, baseURL: string, stream: boolean): Agent {
  switch (dialect) {
    case 'messages':
      return messagesAgent(baseURL.replace(/\/v1$/, ''), stream)
    case 'responses':
      return responsesAgent(baseURL, stream)
    case 'chat':
      return chatAgent(baseURL)
    case 'bare':
      return bareAgent(baseURL, stream)
  }
}

function messagesAgent(baseURL: string, stream: boolean): Agent {
  const client = new Anthropic({ baseURL, apiKey: 'sk-client', maxRetries: 0 })
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: ask }]
  const tools = [{ name: 'ls', input_schema: parameters }]
  return {
    turn: async model => {
      const body = { model, max_tokens: 4000, messages, tools }
      const answer = stream
        ? await client.messages.stream(body).finalMessage()
        : await client.messages.create(body)
      messages.push({ role: 'assistant', content: answer.content })
      const calls = answer.content.filter(block => block.type === 'tool_use')
      messages.push({
        role: 'user',
        content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'a.txt' })),
      })
      return answer.content.map(block => (block.type === 'text' ? block.text : '')).join('')
    },
  }
}

function responsesAgent(baseURL: string, stream: boolean): Agent {
  const client = new OpenAI({ baseURL, apiKey: 'sk-client', maxRetries: 0 })
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: ask }]
  const tools = [{ type: 'function' as const, name: 'ls', parameters, strict: false }]
  return {
    turn: async model => {
      const include = ['reasoning.encrypted_content' as const]
      const body = { model, input, tools, store: false, include }
      const answer = stream
        ? await ended(await client.responses.create({ ...body, stream: true }))
        : await client.responses.create(body)
      input.push(...(answer.output as OpenAI.Responses.ResponseInputItem[]))
      for (const item of answer.output)
        if (item.type === 'function_call')
          input.push({ type: 'function_call_output', call_id: item.call_id, output: 'a.txt' })
      return answer.output.map(item => (item.type === 'message' ? textOf(item) : '')).join('')
    },
  }
}

async function ended(
  events: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>,
): Promise<OpenAI.Responses.Response> {
  for await (const event of events) if (event.type === 'response.completed') return event.response
  throw new Error('the stream has no end')
}

function textOf({ content }: OpenAI.Responses.ResponseOutputMessage): string {
  return content.map(part => (part.type === 'output_text' ? part.text : '')).join('')
}

/** A client that sends the message back unchanged, with fields that the SDK does not know. */
function chatAgent(baseURL: string): Agent {
  const client = new OpenAI({ baseURL, apiKey: 'sk-client', maxRetries: 0 })
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: ask }]
  const tools = [{ type: 'function' as const, function: { name: 'ls', parameters } }]
  return {
    turn: async model => {
      const answer = await client.chat.completions.create({ model, messages, tools })
      const message = answer.choices[0]!.message
      messages.push(message)
      for (const { id } of message.tool_calls ?? [])
        messages.push({ role: 'tool', tool_call_id: id, content: 'a.txt' })
      return message.content ?? ''
    },
  }
}

function bareAgent(baseURL: string, stream: boolean): Agent {
  const client = new OpenAI({ baseURL, apiKey: 'sk-client', maxRetries: 0 })
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: ask }]
  const tools = [{ type: 'function' as const, function: { name: 'ls', parameters } }]
  return {
    turn: async model => {
      const body = { model, messages, tools }
      const answer = stream
        ? await client.chat.completions.stream(body).finalChatCompletion()
        : await client.chat.completions.create(body)
      const { content, tool_calls: calls = [] } = answer.choices[0]!.message
      const called = calls.filter(call => call.type === 'function')
      const bare = called.map(({ id, function: { name, arguments: args } }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: args },
      }))
      messages.push({ role: 'assistant', content, ...(bare.length > 0 ? { tool_calls: bare } : {}) })
      for (const { id } of bare) messages.push({ role: 'tool', tool_call_id: id, content: 'a.txt' })
      return content ?? ''
    },
  }
}
