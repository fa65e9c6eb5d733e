import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider } from '../fake-provider.ts'
import type { FakeProvider } from '../fake-provider.ts'
import { messages as fakeMessages } from '../fake-messages.ts'
import { responses as fakeResponses } from '../fake-responses.ts'
import type { Json } from '../fake-provider/content.ts'
import { serve } from './serve.ts'

const pdf = 'JVBERi0xLjQK'
const address = `data:application/pdf;base64,${pdf}`
const document = {
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: pdf },
  title: 'a.pdf',
}
const services = {
  anthropic: [{ type: 'anthropic' }, fakeMessages('ok')],
  responses: [{ api: 'responses' }, fakeResponses('ok')],
  chat: [{}, answer('ok')],
} as const

/** The body that a service gets for a request. */
async function sent(t: Test, service: keyof typeof services, path: string, body: Json): Promise<Json> {
  const [status, text, request] = await answered(t, service, path, body)
  t.equal(status, 200, text)
  return request!.body
}

type World = Promise<{ readonly url: string; readonly provider: FakeProvider }>
const worlds = new WeakMap<Test, Map<string, World>>()

/** The server of a test that calls a service. */
function worldOf(t: Test, service: keyof typeof services): World {
  const known = worlds.get(t) ?? new Map<string, World>()
  worlds.set(t, known)
  const world = known.get(service) ?? startWorld(t, service)
  known.set(service, world)
  return world
}

async function startWorld(t: Test, service: keyof typeof services): World {
  const [entry, script] = services[service]
  const provider = await fakeProvider(t, script)
  const entries = [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }]
  return { url: await serve(t, JSON.stringify({ providers: entries })), provider }
}

async function answered(t: Test, service: keyof typeof services, path: string, body: Json) {
  const { url, provider } = await worldOf(t, service)
  const response = await fetch(`${url}/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', ...(path === '/messages' ? { max_tokens: 99 } : {}), ...body }),
  })
  return [response.status, await response.text(), provider.requests.at(-1)] as const
}

const hello = { role: 'user', content: 'Hi' }
const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }

/** The same result of a tool in a history of each format. */
function histories(result: unknown): readonly (readonly [string, Json])[] {
  return [
    [
      '/chat/completions',
      {
        messages: [
          hello,
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'call_1', content: [result] },
        ],
      },
    ],
    [
      '/messages',
      {
        messages: [
          hello,
          { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: [result] }] },
        ],
      },
    ],
    [
      '/responses',
      {
        input: [
          hello,
          { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'call_1', output: [result] },
        ],
      },
    ],
  ]
}

/** A file in the spellings of Responses, chat, Messages, MCP, LangChain and AI SDK. */
const spellings: readonly Json[] = [
  { type: 'input_file', filename: 'a.pdf', file_data: address },
  { type: 'file', file: { filename: 'a.pdf', file_data: address } },
  document,
  {
    type: 'resource',
    resource: { uri: 'file:///a.pdf', name: 'a.pdf', mimeType: 'application/pdf', blob: pdf },
  },
  { type: 'file', mime_type: 'application/pdf', base64: pdf, filename: 'a.pdf' },
  { type: 'file', mediaType: 'application/pdf', data: pdf, filename: 'a.pdf' },
]

// https://github.com/BerriAI/litellm/pull/38261, https://github.com/anthropics/claude-code/issues/72271
t.test('a file in the result of a tool reaches a service that takes it, in whichever spelling', async t => {
  for (const spelling of spellings)
    for (const [path, body] of histories(spelling)) {
      const about = `${path} ${JSON.stringify(spelling)}`
      t.match(JSON.stringify(await sent(t, 'anthropic', path, body)), JSON.stringify(document.source), about)
      t.match(
        JSON.stringify(await sent(t, 'responses', path, body)),
        /\{"type":"input_file","filename":"a.pdf","file_data":"data:application\/pdf;base64,JVBERi0xLjQK"\}/,
        about,
      )
    }
})

t.test('a chat service is told of a document in the result of a tool', async t => {
  for (const [path, body] of histories(document)) {
    const sentText = JSON.stringify(await sent(t, 'chat', path, body))
    t.match(sentText, 'a.pdf', path)
    t.notMatch(sentText, '"type":"document"', path)
  }
})

// https://github.com/langchain-ai/langchain/issues/40475
t.test('a file that a tool names by its address reaches services that fetch it', async t => {
  const linked = { type: 'file', url: 'https://example.org/a.pdf', mime_type: 'application/pdf' }
  for (const [path, body] of histories(linked)) {
    const block = { type: 'document', source: { type: 'url', url: linked.url } }
    t.match(
      JSON.stringify(await sent(t, 'anthropic', path, body)),
      path === '/responses' ? linked.url : JSON.stringify(block),
      path,
    )
    t.match(JSON.stringify(await sent(t, 'chat', path, body)), linked.url)
  }
})

// https://github.com/danny-avila/LibreChat/issues/16054
t.test(
  'a file in plain text is a document in plain text, since Anthropic takes no other data than PDF',
  async t => {
    const file_data = `data:text/x-python;base64,${Buffer.from('print("ä")').toString('base64')}`
    const part = { type: 'file', file: { filename: 'a.py', file_data } }
    const body = await sent(t, 'anthropic', '/chat/completions', {
      messages: [{ role: 'user', content: [part] }],
    })
    t.match(body['messages'], [
      {
        content: [
          {
            type: 'document',
            title: 'a.py',
            source: { type: 'text', media_type: 'text/plain', data: 'print("ä")' },
          },
        ],
      },
    ])
  },
)

// https://github.com/BerriAI/litellm/issues/41912, https://github.com/langchain-ai/langchain/issues/33395
t.test('a sound in the result of a tool is named where the service takes none', async t => {
  const data = 'aZ09'.repeat(1000)
  for (const sound of [
    { type: 'audio', data, mime_type: 'audio/wav' },
    { type: 'input_audio', input_audio: { data, format: 'wav' } },
  ])
    for (const [path, body] of histories(sound)) {
      const told = JSON.stringify(await sent(t, 'anthropic', path, body))
      t.notMatch(told, data, path)
      t.match(told, /audio/)
    }
})

/** Turns of the user in each format, the last of which is asked now. */
function turns(parts: readonly unknown[], ...later: readonly Json[]): readonly (readonly [string, Json])[] {
  const said = [{ role: 'user', content: parts }, ...later]
  return [
    ['/chat/completions', { messages: said }],
    ['/messages', { messages: said }],
    ['/responses', { input: said }],
  ]
}

const text = { type: 'text', text: 'Read it.' }

// https://github.com/BerriAI/litellm/issues/17507
t.test('a file of the user reaches every service in its own spelling, whichever it had', async t => {
  for (const spelling of spellings)
    for (const [path, body] of turns([text, spelling])) {
      const about = `${path} ${JSON.stringify(spelling)}`
      t.match(JSON.stringify(await sent(t, 'anthropic', path, body)), JSON.stringify(document.source), about)
      t.match(
        JSON.stringify(await sent(t, 'responses', path, body)),
        '{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQK"}',
        about,
      )
      t.match(
        JSON.stringify(await sent(t, 'chat', path, body)),
        '{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQK"}}',
        about,
      )
    }
})

// https://docs.litellm.ai/docs/completion/document_understanding
t.test('the format that a file declares makes it no sound', async t => {
  const files = [
    { type: 'file', file: { filename: 'a.pdf', file_data: address, format: 'application/pdf' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: address, format: 'pdf' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: address, mime_type: 'audio/mpeg' } },
    { type: 'input_file', filename: 'a.pdf', file_data: address, format: 'pdf' },
  ]
  const later = [{ role: 'assistant', content: 'Yes.' }, hello]
  const cases = files.flatMap(file => [...turns([text, file]), ...turns([text, file], ...later)])
  for (const [path, body] of cases) {
    const about = `${path} ${JSON.stringify(body)}`
    t.match(JSON.stringify(await sent(t, 'anthropic', path, body)), JSON.stringify(document.source), about)
    t.match(JSON.stringify(await sent(t, 'responses', path, body)), '"type":"input_file"', about)
    t.match(
      JSON.stringify(await sent(t, 'chat', path, body)),
      '{"type":"file","file":{"filename":"a.pdf"',
      about,
    )
  }
})

t.test('a file that the user names by its address reaches services that fetch it', async t => {
  const url = 'https://example.org/a.pdf'
  for (const linked of [
    { type: 'input_file', file_url: url },
    { type: 'document', source: { type: 'url', url } },
    { type: 'file', url, mime_type: 'application/pdf' },
  ])
    for (const parts of [[linked], [text, linked]])
      for (const [path, body] of turns(parts)) {
        const about = `${path} ${JSON.stringify(parts)}`
        const block = JSON.stringify({ type: 'document', source: { type: 'url', url } }).slice(0, -1)
        t.match(JSON.stringify(await sent(t, 'anthropic', path, body)), block, about)
        t.match(JSON.stringify(await sent(t, 'responses', path, body)), `"file_url":"${url}"`, about)
        t.match(JSON.stringify(await sent(t, 'chat', path, body)), new RegExp(`"text":"[^"]*${url}`), about)
      }
})

t.test('a document in plain text has its words at every service', async t => {
  const source = { type: 'text', media_type: 'text/plain', data: 'one two' }
  for (const [path, body] of turns([text, { type: 'document', source }])) {
    t.match(JSON.stringify(await sent(t, 'anthropic', path, body)), '"one two"', path)
    if (path !== '/responses') t.match(JSON.stringify(await sent(t, 'chat', path, body)), '"one two"', path)
  }
  const cited = { type: 'document', source, citations: { enabled: true } }
  const body = await sent(t, 'chat', '/chat/completions', turns([text, cited])[0]![1])
  t.match(body['messages'], [{ content: [text, cited] }], 'a gateway to Anthropic may cite it')
})

/** A sound in the spellings of chats, MCP, Messages, AI SDK and Responses. */
const sounds: readonly Json[] = [
  { type: 'audio', data: 'AAAA', mime_type: 'audio/mpeg' },
  { type: 'audio', source: { type: 'base64', media_type: 'audio/mpeg', data: 'AAAA' } },
  { type: 'document', source: { type: 'base64', media_type: 'audio/mpeg', data: 'AAAA' } },
  { type: 'file', data: 'AAAA', mediaType: 'audio/mpeg' },
  { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
  { type: 'input_file', filename: 'a.mp3', file_data: 'data:audio/mpeg;base64,AAAA' },
]

t.test('a sound of the user reaches a chat in its own spelling, whichever it had', async t => {
  for (const sound of sounds)
    for (const [path, body] of turns([text, sound]))
      t.match(
        JSON.stringify(await sent(t, 'chat', path, body)),
        '{"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}}',
        `${path} ${JSON.stringify(sound)}`,
      )
})

t.test(
  'a service that takes no sounds and videos refuses one that is asked for, and is told of one in a history',
  async t => {
    const later = [{ role: 'assistant', content: 'Yes.' }, hello]
    const recordings: readonly (readonly [Json, number])[] = [
      ...sounds.flatMap(sound => [0, 1, 2].map(index => [sound, index] as const)),
      [{ type: 'file', file: { filename: 'a.mp3', file_data: 'data:audio/mpeg;base64,AAAA' } }, 0],
      [{ type: 'file', file: { file_data: 'AAAA', mime_type: 'audio/mpeg' } }, 0],
      [{ type: 'audio', url: 'https://example.org/AAAA', mime_type: 'audio/mpeg' }, 0],
      [{ type: 'audio_url', audio_url: { url: 'https://example.org/AAAA' } }, 0],
      [{ type: 'video_url', video_url: { url: 'https://example.org/AAAA' } }, 0],
      [{ type: 'video', video: ['https://example.org/AAAA'] }, 0],
      [{ type: 'audio_url', audio_url: { url: 'https://example.org/AAAA' } }, 1],
      [{ type: 'video_url', video_url: { url: 'https://example.org/AAAA' } }, 1],
      [{ type: 'video', video: ['https://example.org/AAAA'] }, 1],
    ]
    for (const service of ['anthropic', 'responses'] as const)
      for (const [recording, index] of recordings) {
        const [path, asked] = turns([text, recording])[index]!
        const [, history] = turns([text, recording], ...later)[index]!
        // OpenAI may learn to hear what its own API has a part for.
        if (path === '/responses' && service === 'responses') continue
        const about = `${service} ${path} ${JSON.stringify(recording)}`
        const [status, words] = await answered(t, service, path, asked)
        t.equal(status, 400, about)
        t.match(words, /is (?:audio|a video), which/, about)
        const body = JSON.stringify(await sent(t, service, path, history))
        t.match(body, /\[(?:audio|a video) that this model cannot read\]/, about)
        t.notMatch(body, 'AAAA', about)
      }
  },
)
