import fc from 'fast-check'
import t from 'tap'
import type { ChatRequest } from '../../src/contract/index.ts'
import { chat } from '../../src/dialects/chat.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { messages } from '../../src/dialects/messages/messages.ts'
import { responses } from '../../src/dialects/responses/responses.ts'
import type { Outgoing } from '../../src/providers/endpoint.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { requestViolations } from '../strict/index.ts'
import { bodies } from './histories/bodies.ts'
import { histories, textsOf, withoutCustom } from './histories/history.ts'
import type { History } from './histories/history.ts'
import { providerOf, targets } from './histories/targets.ts'
import type { Target } from './histories/targets.ts'

const seed = 20_261_128

const dialects: Readonly<Record<keyof typeof bodies, Dialect>> = { chat, messages, responses }
const names = ['chat', 'messages', 'responses'] as const

/** A step between the client's request and a call. */
type Under = (request: ChatRequest) => ChatRequest
const alone: Under = request => request
/** An approach that has a draft improved. */
const approach: Under = request => ({
  ...request,
  messages: [
    ...request.messages,
    { role: 'assistant', content: 'A draft.' },
    { role: 'user', content: 'Improve it.' },
  ],
})

const reading = { aliases: new Set<string>(), limits: { calls: 100 }, defaultModel: undefined }

/** The call of a provider for a history that a client sent. */
function callFor(provider: Provider, dialect: (typeof names)[number], body: object, under: Under): Outgoing {
  const bytes = Buffer.from(JSON.stringify(body))
  const read = dialects[dialect].read(JSON.parse(bytes.toString()), { bytes, ...reading })
  const [{ request, source }] = read.requests
  const sent = under(request)
  return provider.outgoing('chat', sent, provider.wayOf(sent, source), { requestId: 'r', source })
}

function faultsOf({ service }: Target, { path, headers: flat, body }: Outgoing, history: History): string[] {
  const text = Buffer.from(body as string | Uint8Array).toString()
  const headers = Object.fromEntries(
    flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])),
  )
  const sent = { path, headers, body: JSON.parse(text) as Record<string, unknown> }
  return [
    ...(service ? requestViolations(service, sent) : []),
    ...textsOf(history)
      .filter(one => !text.includes(one))
      .map(one => `lost: ${one}`),
  ]
}

for (const [name, target] of Object.entries(targets)) {
  for (const dialect of names) {
    t.test(`${name} accepts any history of a client of ${dialect}, and receives all of its text`, async t => {
      const provider = providerOf(t, target)
      for (const under of target.relays === dialect ? [approach] : [alone, approach]) {
        fc.assert(
          fc.property(histories, any => {
            // An unknown service gets custom tools as the client wrote them.
            const history = name === 'a server that we know nothing about' ? withoutCustom(any) : any
            const outgoing = callFor(provider, dialect, bodies[dialect](history, target.model), under)
            const faults = faultsOf(target, outgoing, history)
            if (faults.length > 0) throw new Error(faults.join('\n'))
          }),
          { seed, numRuns: 100 },
        )
      }
    })
  }
}
