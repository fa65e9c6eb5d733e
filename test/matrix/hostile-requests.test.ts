import t from 'tap'
import { messageOf } from '../fake-messages.ts'
import { json } from '../fake-provider.ts'
import { responseOf, said } from '../fake-responses.ts'
import { placesIn, requests, withValue } from './hostile/requests.ts'
import { serve } from './serve.ts'

/** Values of no type that a field has. JSON can make an object that has no text: `String` throws for the first. */
const values: readonly unknown[] = [
  { toString: 1, valueOf: 1 },
  [[{ toString: 1 }]],
  { type: { toString: 1 } },
  { length: -1, 0: 1 },
  '\ud800',
  -0.5,
  true,
]
const choices = [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }]
const completion = { id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices }
const providers = {
  chat: { entry: {}, answer: completion },
  anthropic: { entry: { type: 'anthropic', drop_unsupported: true }, answer: messageOf('fine') },
  responses: {
    entry: { api: 'responses' as const, drop_unsupported: true },
    answer: responseOf([said('fine')]),
  },
}

for (const [kind, { entry, answer }] of Object.entries(providers))
  t.test(`a field of any type causes no error in the server (${kind} provider)`, async t => {
    const server = await serve(t, [json(answer)], { entries: [entry] })
    let fields = 0
    let sent = 0
    for (const [path, request] of Object.entries(requests))
      for (const place of placesIn(request)) {
        // Each field is missing once, and an object without a text; every third one is another value.
        const others = fields % 3 === 0 ? [values[(fields / 3) % values.length]] : []
        for (const value of new Set([undefined, values[0], ...others])) {
          sent++
          const { status, text } = await server.client.post(path, withValue(request, place, value))
          if (status === 500 || text.includes('internal_error'))
            t.fail(`${path} ${place.join('.')}`, { value, text })
        }
        fields++
      }
    t.ok(server.received[0]! > sent / 2, `${server.received[0]} of ${sent} requests reach the provider`)
  })
