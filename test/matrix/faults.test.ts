import t from 'tap'
import { answer, faults } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { dataOf, textOf } from './client.ts'
import { checkedError, errorOf } from './error-shape.ts'
import { serve } from './serve.ts'

/**
 * The error code that the client receives when no other provider can help, by group of faults; `toldOf` has the
 * exceptions.
 */
const told: Record<keyof typeof faults, string> = {
  head: 'upstream_bad_response',
  status: 'upstream_bad_response',
  body: 'upstream_truncated',
  shape: 'upstream_bad_response',
  types: 'upstream_bad_response',
  streamTypes: 'upstream_bad_response',
  streamStart: 'upstream_truncated',
  streamMiddle: 'upstream_truncated',
}
const toldOf: Readonly<Record<string, string>> = {
  'an HTML error page': 'upstream_error',
  // The end looks clean: only the JSON shows that something is missing.
  'a reset in a body that ends with the connection': 'upstream_bad_response',
  'a close in a body that ends with the connection': 'upstream_bad_response',
  'a chunk size that is no number': 'upstream_bad_response',
  'an error as a success': 'upstream_error',
  'an error as the first event': 'upstream_error',
  'an error after the role': 'upstream_error',
  'an event that is no JSON first': 'upstream_bad_response',
  'an error between events': 'upstream_error',
  'events that are no JSON': 'upstream_bad_response',
}

function toldFor(group: keyof typeof faults, name: string): string {
  return toldOf[name] ?? told[group]
}

const groups = Object.entries(faults) as [keyof typeof faults, Readonly<Record<string, Action>>][]

for (const [group, cases] of groups) {
  if (group === 'streamMiddle') continue
  for (const [name, fault] of Object.entries(cases)) {
    t.test(`alone, ${name} is an error in shape (${group})`, async t => {
      const server = await serve(t, [fault])
      for (const fields of [{}, { stream: true }]) {
        const heard = await server.client.ask(fields)
        t.equal(heard.status, 502)
        // Without a single byte, nothing shows that a stream was intended.
        const isEmpty = name === 'a stream without an event'
        const code = isEmpty ? /^upstream_(?:truncated|bad_response)$/ : toldFor(group, name)
        t.match(errorOf(t, heard), { code, type: 'upstream_error', param: null })
      }
      server.fakes[0]!.script(answer())
      t.equal(textOf(await server.client.ask()), 'ok', 'and the next request is answered')
    })

    t.test(`with another provider, ${name} is hidden from the client (${group})`, async t => {
      const server = await serve(t, [fault, answer('healthy')])
      for (const fields of [{}, { stream: true }]) {
        const heard = await server.client.ask(fields)
        t.equal(heard.status, 200)
        t.equal(textOf(heard), 'healthy')
        if (!fields.stream) t.equal(heard.headers['x-hulumanage-attempts'], '2')
        t.equal(heard.headers['x-hulumanage-provider'], 'b')
      }
    })
  }
}

for (const [name, fault] of Object.entries(faults.streamMiddle)) {
  t.test(`after content, ${name} is reported in a stream that is not to be recovered`, async t => {
    const server = await serve(t, [fault, answer('another')], {
      config: { routing: { stream_recovery: 'off' } },
    })
    const heard = await server.client.ask({ stream: true })
    t.equal(heard.status, 200)
    t.equal(textOf(heard), 'one ')
    t.notOk(dataOf(heard.text).includes('[DONE]'), 'never looks complete')
    // The provider's own error object is passed on.
    const code = name === 'an error between events' ? null : toldFor('streamMiddle', name)
    t.equal(checkedError(t, dataOf(heard.text).at(-1)!).code, code)
    t.strictSame(server.received, [1, 0], 'nothing is begun again')
    const whole = await server.client.ask()
    t.equal(whole.status, 200, 'and who does not stream has seen nothing of it: the next provider answers')
  })
}
