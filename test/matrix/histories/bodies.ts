import { names } from './history.ts'
import type { Block, History, Part, Turn } from './history.ts'

/** A history as clients of a dialect send it. */
export type Write = (history: History, model: string) => object

const png = 'iVBORw0KGgo='
const pdf = 'JVBERi0xLjQK'
const schema = { type: 'object', properties: { path: { type: 'string', minLength: 1 } } }

/** A custom tool in a chat and in Responses, and a namespace. */
const run = { type: 'custom', custom: { name: 'run', description: 'Runs it' } }
const custom = { type: 'custom', name: 'run', description: 'Runs it' }
const space = {
  type: 'namespace',
  name: 'mcp__a',
  tools: [{ type: 'function', name: 'find', parameters: schema }],
}

export const bodies: Readonly<Record<'chat' | 'messages' | 'responses', Write>> = {
  chat: ({ turns, offersTools, thinks, streams, maxTokens }, model) => ({
    model,
    messages: turns.map(chatMessage),
    ...(offersTools
      ? { tools: [...names.map(name => ({ type: 'function', function: { name, parameters: schema } })), run] }
      : {}),
    ...(streams ? { stream: true } : {}),
    ...(thinks ? thoughtOf(model) : {}),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  }),
  messages: ({ turns, offersTools, thinks, streams, maxTokens }, model) => ({
    model,
    max_tokens: maxTokens ?? 4096,
    messages: turns.map(messagesTurn),
    ...(offersTools ? { tools: names.map(name => ({ name, input_schema: schema, strict: true })) } : {}),
    ...(thinks ? { thinking: { type: 'enabled', budget_tokens: 2000 } } : {}),
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    stream: streams,
  }),
  responses: ({ turns, offersTools, thinks, streams, maxTokens }, model) => ({
    model,
    input: turns.flatMap(inputItems),
    ...(offersTools
      ? { tools: [...names.map(name => ({ type: 'function', name, parameters: schema })), custom, space] }
      : {}),
    ...(offersTools ? { tool_choice: 'auto' } : {}),
    ...(thinks ? { reasoning: { effort: 'high', summary: 'auto' } } : {}),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
    include: ['reasoning.encrypted_content'],
    stream: streams,
    store: false,
  }),
}

/** The field with which a chat asks the model to think. */
function thoughtOf(model: string): object {
  if (model.startsWith('claude')) return { thinking: { type: 'enabled', budget_tokens: 2000 } }
  return model.startsWith('gpt') ? { reasoning_effort: 'high' } : {}
}

function chatMessage(turn: Turn): object {
  switch (turn.by) {
    case 'user':
      return { role: 'user', content: turn.parts.map(chatPart) }
    case 'tool':
      return { role: 'tool', tool_call_id: turn.id, content: textIn(turn.parts) }
    case 'assistant':
      return chatAnswer(turn.blocks)
    default:
      return { role: turn.by, content: turn.text }
  }
}

function chatPart(part: Part): object {
  switch (part.type) {
    case 'text':
      return part
    case 'image':
      return { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
    case 'pdf':
      return { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } }
    case 'document':
      return { type: 'text', text: part.text }
  }
}

function chatAnswer(blocks: readonly Block[]): object {
  const thinking = blocks.filter(block => block.type === 'thinking')
  const calls = blocks.filter(block => block.type === 'call' || block.type === 'custom')
  const refusal = blocks.map(block => (block.type === 'refusal' ? block.text : '')).join('')
  const signed = thinking.filter(({ signature }) => signature !== '')
  const reasoning = thinking.map(({ text }) => text).join('')
  const content = blocks.map(block => (block.type === 'text' ? block.text : '')).join('')
  return {
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    ...(refusal === '' ? {} : { refusal }),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning, reasoning, reasoning_details: [] }),
    ...(signed.length > 0
      ? { thinking_blocks: signed.map(({ text, ...rest }) => ({ ...rest, thinking: text })) }
      : {}),
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(chatCall),
        }
      : {}),
  }
}

function chatCall(call: Block & { readonly type: 'call' | 'custom' }): object {
  const { id } = call
  if (call.type === 'custom') return { id, type: 'custom', custom: { name: 'run', input: call.input } }
  const called = { name: call.name, arguments: call.args }
  return { id, type: 'function', function: called, extra_content: { google: { thought_signature: 'c2ln' } } }
}

function messagesTurn(turn: Turn): object {
  switch (turn.by) {
    case 'user':
      return { role: 'user', content: turn.parts.map(messagesPart) }
    case 'tool':
      return {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: turn.id, content: turn.parts.map(messagesPart) }],
      }
    case 'assistant':
      return { role: 'assistant', content: turn.blocks.flatMap(messagesBlocks) }
    default:
      return { role: 'system', content: turn.text }
  }
}

function messagesPart(part: Part): object {
  switch (part.type) {
    case 'text':
      return part
    case 'image':
      return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }
    case 'pdf':
      return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } }
    case 'document':
      return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: part.text } }
  }
}

function messagesBlocks(block: Block): object[] {
  switch (block.type) {
    case 'text':
      return [block]
    case 'refusal':
      return [{ type: 'text', text: block.text }]
    case 'custom':
      return [{ type: 'tool_use', id: block.id, name: 'run', input: { input: block.input } }]
    case 'mcp':
      return [
        {
          type: 'mcp_tool_use',
          id: 'mcptoolu_01',
          name: 'find',
          server_name: 'a',
          input: { query: block.query },
        },
        { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_01', is_error: false, content: [] },
      ]
    case 'thinking':
      return [{ type: 'thinking', thinking: block.text, signature: block.signature }]
    case 'redacted':
      return [{ type: 'redacted_thinking', data: 'c2VjcmV0' }]
    case 'call':
      return [{ type: 'tool_use', id: block.id, name: block.name, input: objectOf(block.args) }]
    case 'server':
      return [
        { type: 'server_tool_use', id: 'srvtoolu_01', name: 'web_search', input: { query: block.query } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_01', content: [] },
      ]
  }
}

function inputItems(turn: Turn): object[] {
  switch (turn.by) {
    case 'user':
      return [{ type: 'message', role: 'user', content: turn.parts.map(inputPart) }]
    case 'tool':
      return [{ type: 'function_call_output', call_id: turn.id, output: turn.parts.map(inputPart) }]
    case 'assistant':
      return turn.blocks.flatMap(outputItem)
    default:
      return [{ role: turn.by, content: turn.text }]
  }
}

function inputPart(part: Part): object {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image':
      return { type: 'input_image', image_url: `data:image/png;base64,${png}` }
    case 'pdf':
      return { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` }
    case 'document':
      return { type: 'input_text', text: part.text }
  }
}

function outputItem(block: Block): object[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: block.text }] }]
    case 'refusal':
      return [{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: block.text }] }]
    case 'custom':
      return [{ type: 'custom_tool_call', call_id: block.id, name: 'run', input: block.input }]
    case 'mcp':
      return [
        {
          type: 'mcp_call',
          id: 'mcp_1',
          server_label: 'a',
          name: 'find',
          arguments: block.query,
          output: '',
        },
      ]
    case 'thinking':
      return [{ type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: block.text }] }]
    case 'redacted':
      return [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2VjcmV0' }]
    case 'call':
      return [{ type: 'function_call', call_id: block.id, name: block.name, arguments: block.args }]
    case 'server':
      return [{ type: 'web_search_call', id: 'ws_1', status: 'completed', action: { query: block.query } }]
  }
}

function objectOf(args: string): object {
  try {
    const value: unknown = JSON.parse(args)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

function textIn(parts: readonly Part[]): string {
  return parts.map(part => ('text' in part ? part.text : '')).join('\n')
}
