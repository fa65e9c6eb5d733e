import t from 'tap'
import type { Json } from '../fake-provider/content.ts'
import { world } from '../providers/spelling/world.ts'
import { isUnknownField, openaiViolations, requestViolations } from '../strict/index.ts'
import type { Service } from '../strict/index.ts'
import { sentIn } from './sent-turns.ts'
import type { Sent } from './sent-turns.ts'

/** Services by their rules, their entry in the configuration, and a model of theirs. */
const services: Readonly<Record<string, readonly [Service, object, string]>> = {
  OpenAI: ['openai', { type: 'openai' }, 'gpt-5.1'],
  'OpenAI, through Responses': ['openai', { api: 'responses' }, 'gpt-5.1'],
  Anthropic: ['anthropic', { type: 'anthropic' }, 'claude-sonnet-4-5'],
  Gemini: ['gemini', { type: 'gemini' }, 'gemini-3-pro'],
  DeepSeek: ['deepseek', { type: 'deepseek' }, 'deepseek-reasoner'],
  Mistral: ['mistral', { type: 'mistral' }, 'mistral-large'],
  'a server with a Qwen template': ['qwen', {}, 'qwen3'],
}

const object = { type: 'object', properties: {} }
const hi = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }

/** A request of Codex in its second turn, in a thread that was begun elsewhere. */
const codex = {
  instructions: 'You are Codex.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandboxed.' }] },
    hi,
    { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: null },
    { type: 'custom_tool_call', call_id: 'call_p', name: 'apply_patch', input: '*** Begin Patch' },
    hi,
    { type: 'custom_tool_call_output', call_id: 'call_p', output: 'ok' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
    { type: 'function_call', call_id: 'call_s', name: 'shell', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_s', output: 'a.txt' },
  ],
  tools: [
    { type: 'function', name: 'shell', strict: false, parameters: object },
    {
      type: 'custom',
      name: 'apply_patch',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
    },
    {
      type: 'namespace',
      name: 'mcp__git',
      description: 'git',
      tools: [{ type: 'function', name: 'log', description: 'Shows it', strict: false, parameters: object }],
    },
    { type: 'web_search', external_web_access: false },
    { type: 'image_generation', output_format: 'png' },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '0199-aa',
  text: { verbosity: 'medium' },
  client_metadata: { 'x-codex-installation-id': 'i' },
}

/** A request of Codex for a summary of its conversation: it has a choice without tools. */
const compacting = { ...codex, tools: [], tool_choice: 'auto', parallel_tool_calls: false }

const user_id = JSON.stringify({ device_id: 'a'.repeat(64), session_id: 'b'.repeat(36) })
const beta = 'claude-code-20250219,context-management-2025-06-27,effort-2025-11-24'

/** A request of Claude Code. */
const claudeCode = {
  max_tokens: 32_000,
  stream: true,
  temperature: 1,
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1' },
    { type: 'text', text: 'You are Claude Code.', cache_control: { type: 'ephemeral' } },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<system-reminder/>' },
        { type: 'text', text: 'hi' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' },
        { type: 'text', text: 'And?', cache_control: { type: 'ephemeral' } },
      ],
    },
  ],
  tools: [
    {
      name: 'Bash',
      description: 'Runs it',
      input_schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { command: { type: 'string' } },
        required: ['command'],
        additionalProperties: false,
      },
    },
  ],
  metadata: { user_id },
  thinking: { type: 'enabled', budget_tokens: 8000 },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
}

/** A request that offers tools whose schemas Claude has learned: most run at the client, one at Anthropic. */
const known = {
  max_tokens: 4096,
  stream: true,
  messages: [{ role: 'user', content: 'Go.' }],
  tools: [
    { type: 'bash_20250124', name: 'bash' },
    { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
    { type: 'memory_20250818', name: 'memory' },
    { type: 'web_search_20250305', name: 'web_search' },
  ],
}

interface Agent {
  readonly path: string
  readonly body: Json
  /** The event that ends its answer. */
  readonly end: string
  /** The tools that every service is offered. */
  readonly tools: readonly string[]
  /** The conversation as every service is told. */
  readonly turns: readonly string[]
}

const threadOfCodex = [
  'system: You are Codex. Sandboxed.',
  'user: hi',
  'call: apply_patch {"input":"*** Begin Patch"}',
  'result: ok',
  'user: hi',
  'call: shell {}',
  'result: a.txt',
]

const requests: Readonly<Record<string, Agent>> = {
  Codex: {
    path: '/v1/responses',
    body: codex,
    end: 'response.completed',
    tools: ['shell', 'apply_patch', 'mcp__git__log'],
    turns: threadOfCodex,
  },
  'Codex, compacting': {
    path: '/v1/responses',
    body: compacting,
    end: 'response.completed',
    tools: [],
    turns: threadOfCodex,
  },
  'Claude Code': {
    path: '/v1/messages?beta=true',
    body: claudeCode,
    end: 'message_stop',
    tools: ['Bash'],
    turns: [
      'system: You are Claude Code.',
      'user: <system-reminder/> hi',
      'assistant: I look.',
      'call: Bash {"command":"ls"}',
      'result: a.txt',
      'user: And?',
    ],
  },
  'an agent with tools that Claude knows': {
    path: '/v1/messages',
    body: known,
    end: 'message_stop',
    tools: ['bash', 'str_replace_based_edit_tool', 'memory'],
    turns: ['user: Go.'],
  },
}

/** The path of each service's API. */
function pathOf(name: string): string {
  if (name === 'Anthropic') return '/v1/messages'
  return name === 'OpenAI, through Responses' ? '/v1/responses' : '/v1/chat/completions'
}

/** The turns in which the approach has repeated the last text of the user. */
function reread(turns: readonly string[]): readonly string[] {
  const last = turns.findLastIndex(turn => turn.startsWith('user: '))
  const text = turns[last]!
  const again = 'Before you answer, here is the same once more, to be read with care:'
  return turns.with(last, `${text} ${again} ${text.slice('user: '.length)}`)
}

/** A request without the parts that only some services get: Anthropic's tool and header, and the turn that Mistral needs. */
function told(sent: Sent): Sent {
  return {
    tools: sent.tools.filter(tool => tool !== 'web_search'),
    turns: sent.turns
      .filter(turn => turn !== 'assistant: I have the result.')
      .map(turn => turn.replace(/(?<=^system: )x-anthropic-billing-header: \S+ /, '')),
  }
}

for (const [name, [service, entry, model]] of Object.entries(services))
  for (const [agent, { path, body, end, tools, turns }] of Object.entries(requests)) {
    // OpenAI takes each field of its own agent, some of which its reference does not list.
    if (path === '/v1/responses' && name === 'OpenAI, through Responses') continue
    for (const approach of ['', 're2-'])
      t.test(`${name} gets the whole request of ${agent} ${approach && 'under an approach'}`, async t => {
        const { provider, post } = await world(t, service, entry)
        const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': beta }
        const { status, text } = await post(path, { ...body, model: approach + model }, headers)
        t.equal(status, 200, text)
        t.match(text, `event: ${end}\n`)
        // A service may refuse hints once, and is asked again without them.
        t.same(
          provider.refused.filter(found => !isUnknownField(found)),
          [],
        )
        const taken = provider.requests.filter(request => requestViolations(service, request).length === 0)
        t.equal(taken.length, 1, 'the service answers one request')
        const [request] = taken
        if (!request) return
        t.equal(request.path.split('?')[0], pathOf(name))
        t.equal(request.body['model'], model)
        t.same(told(sentIn(request.body)), { tools, turns: approach ? reread(turns) : turns })
        // Some services take any field; those of another API are still none of their business.
        if (pathOf(name) === '/v1/chat/completions')
          t.same(openaiViolations(request.body).filter(isForeignField), [], 'no field of another API')
      })
  }

/** Whether it is a field that chats do not have, except for those in which DeepSeek and Gemini want their thoughts back. */
function isForeignField(found: string): boolean {
  return isUnknownField(found) && !/\.(?:reasoning_content|extra_content): /.test(found)
}
