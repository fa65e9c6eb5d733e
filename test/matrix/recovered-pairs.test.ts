import t from 'tap'
import type { Test } from 'tap'
import { textOf } from '../chaos/answer-text.ts'
import { reset } from '../fake-provider.ts'
import type { Action, ReceivedRequest } from '../fake-provider.ts'
import { eventStream } from '../fake-messages.ts'
import { judgeStream } from '../fuzz/judge/stream.ts'
import { templateFor } from '../fuzz/upstream/template.ts'
import type { Saying } from '../fuzz/upstream/saying.ts'
import { answerViolations, requestViolations } from '../strict/index.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

type Json = Readonly<Record<string, unknown>>
type Said = Partial<Pick<Saying, 'text' | 'thinking' | 'calls'>>

/** A model that Anthropic's API lets continue a message; the other APIs are asked for the rest. */
const model = 'claude-sonnet-4-5'
const shown = 'The quick brown fox jumps'
const text = `${shown} over the lazy dog and sleeps.`
const place = { type: 'object', properties: { place: { type: 'string' } } }
const schema = {
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
}
const call = (id: string, args: Json): Said => ({
  calls: [{ id, name: 'weather', arguments: JSON.stringify(args) }],
})

/** The APIs that providers speak, each by its entry. */
const upstreams = {
  chat: {},
  messages: { type: 'anthropic' },
  responses: { api: 'responses' },
} as const

interface Side {
  readonly path: string
  readonly body: Json
  readonly tools?: Json
  readonly json?: Json
}

/** The APIs that clients speak: a request of each, and the fields that offer a tool and require JSON. */
const clients: Readonly<Record<'chat' | 'completions' | 'messages' | 'responses', Side>> = {
  chat: {
    path: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: 'Hi' }] },
    tools: { tools: [{ type: 'function', function: { name: 'weather', parameters: place } }] },
    json: { response_format: { type: 'json_schema', json_schema: { name: 'person', schema } } },
  },
  completions: { path: '/v1/completions', body: { prompt: 'Hi' } },
  messages: {
    path: '/v1/messages',
    body: { max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
    tools: { tools: [{ name: 'weather', input_schema: place }] },
    json: { output_config: { format: { type: 'json_schema', schema } } },
  },
  responses: {
    path: '/v1/responses',
    body: { input: 'Hi', store: false },
    tools: { tools: [{ type: 'function', name: 'weather', parameters: place, strict: false }] },
    json: { text: { format: { type: 'json_schema', name: 'person', schema, strict: false } } },
  },
}

/** The events of an answer in the API that was asked. */
function eventsFor({ path }: ReceivedRequest, said: Said): string[] {
  const { events } = templateFor(path, { text: '', thinking: undefined, calls: [], choices: 1, ...said })
  return events.map(({ name, data }) => {
    const line = `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
    return name === undefined ? line : `event: ${name}\n${line}`
  })
}

const whole =
  (said: Said): Action =>
  ({ request }) =>
    eventStream(...eventsFor(request, said))

/** An answer that breaks off behind the event with this text. */
const cutBehind =
  (part: string, said: Said): Action =>
  ({ request }) => {
    const events = eventsFor(request, said)
    const end = events.findIndex(event => event.includes(part)) + 1
    if (end === 0) throw new Error(`no event has '${part}'`)
    return eventStream(...events.slice(0, end), reset())
  }

/** Other words, until the model is given what was shown: to continue it, or to repeat its last words. */
const rest: Action = ({ request }) => {
  const prefill = prefillIn(request.body)
  const isAsked = request.text.includes('cut off by a lost connection')
  const said =
    prefill === undefined ? (isAsked ? text : 'Once upon a time, a fox slept.') : text.slice(prefill)
  return eventStream(...eventsFor(request, { text: said }))
}

/** The length of the text that the model is to continue, which only Messages takes. */
function prefillIn({ messages }: Json): number | undefined {
  const { role, content } = (Array.isArray(messages) ? messages.at(-1) : {}) as Json
  if (role !== 'assistant') return undefined
  const [block] = content as readonly { readonly text: string }[]
  return block!.text.length
}

interface Scenario {
  readonly what: string
  readonly fields: (side: Side) => Json | undefined
  readonly scripts: readonly [Action, Action]
  /** The text or the arguments that the client gets; undefined if the stream has to break. */
  readonly gets: string | undefined
  /** Calls to the provider that takes over. */
  readonly calls?: number
}

const plain = () => ({})
const oslo = { place: 'Oslo in Norway' }
const person = '{"name":"Ada Lovelace"}'
const scenarios: readonly Scenario[] = [
  {
    what: 'an answer that comes again is shown from where it broke',
    fields: plain,
    scripts: [cutBehind('umps', { text }), whole({ text })],
    gets: text,
  },
  {
    what: 'an answer in other words is continued',
    fields: plain,
    scripts: [cutBehind('umps', { text }), rest],
    gets: text,
    calls: 2,
  },
  {
    what: 'thoughts alone are followed by another answer',
    fields: plain,
    scripts: [cutBehind('e s', { thinking: 'Let me see', text }), whole({ thinking: 'Hm.', text: 'Yes.' })],
    gets: 'Yes.',
  },
  {
    what: 'a call that comes again is completed',
    fields: ({ tools }) => tools,
    scripts: [cutBehind('Osl', call('call_1', oslo)), whole(call('call_2', oslo))],
    gets: JSON.stringify(oslo),
  },
  {
    what: 'another call breaks the stream',
    fields: ({ tools }) => tools,
    scripts: [cutBehind('Osl', call('call_1', oslo)), whole(call('call_2', { place: 'Rome' }))],
    gets: undefined,
  },
  {
    what: 'a text in place of the rest of a call breaks the stream',
    fields: ({ tools }) => tools,
    scripts: [cutBehind('Osl', call('call_1', oslo)), whole({ text })],
    gets: undefined,
  },
  {
    what: 'JSON that comes again is completed',
    fields: ({ json }) => json,
    scripts: [cutBehind('vel', { text: person }), whole({ text: person })],
    gets: person,
  },
  {
    what: 'other JSON breaks the stream',
    fields: ({ json }) => json,
    scripts: [cutBehind('vel', { text: person }), whole({ text: '{"name":"Grace Hopper"}' })],
    gets: undefined,
  },
]

const kinds = ['chat', 'messages', 'responses'] as const
const dialects = ['chat', 'completions', 'messages', 'responses'] as const

for (const kind of kinds)
  for (const next of kinds)
    for (const dialect of dialects)
      t.test(`${dialect}: a stream of ${kind} that breaks is taken over by ${next}`, async t => {
        const server = await serve(t, [undefined, undefined], {
          entries: [upstreams[kind], upstreams[next]],
          config: { routing: { failure_threshold: 100 } },
        })
        for (const scenario of scenarios) {
          const more = scenario.fields(clients[dialect])
          if (more) await t.test(scenario.what, t => check(t, server, dialect, scenario, more))
        }
      })

async function check(
  t: Test,
  { fakes, client }: Served,
  dialect: (typeof dialects)[number],
  { scripts, gets, calls = 1 }: Scenario,
  more: Json,
): Promise<void> {
  for (const [index, fake] of fakes.entries()) {
    fake.forget()
    fake.script(scripts[index]!)
  }
  const { path, body } = clients[dialect]
  const { text: heard } = await client.post(path, { model, stream: true, ...body, ...more })
  const { wrong, ending } = judgeStream(dialect, heard, true)
  t.same(wrong, [])
  if (dialect !== 'completions') t.same(answerViolations(dialect, heard), [])
  t.equal(ending, gets === undefined ? 'failed' : 'complete')
  if (gets !== undefined) t.equal(textOf({ dialect, stream: true }, heard), gets)
  const [broken, asked] = fakes.map(({ requests }) => requests)
  t.equal(broken!.length, 1)
  t.equal(asked!.length, calls)
  for (const request of asked!) t.same(violationsOf(request), [])
}

function violationsOf(request: ReceivedRequest): readonly string[] {
  return requestViolations(request.path.endsWith('/messages') ? 'anthropic' : 'openai', request)
}
