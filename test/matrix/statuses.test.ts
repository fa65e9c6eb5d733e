import t from 'tap'
import { answer, completion, error, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { canaries } from './canaries.ts'
import { textOf } from './client.ts'
import { errorOf, withoutPlace } from './error-shape.ts'
import { serve } from './serve.ts'

interface Row {
  readonly from: number
  readonly headers?: Record<string, string>
  readonly said?: Record<string, unknown>
  /** The client's response when no other provider can help; a `code` of null means the provider's own error. */
  readonly status: number
  readonly code: string | null
  readonly retryAfter?: string
  readonly shouldRetry?: string
}

const credit = {
  message: 'Your credit balance is too low',
  type: 'invalid_request_error',
  param: null,
  code: null,
}

/** Statuses that another provider may not return. */
const failedOver: readonly Row[] = [
  { from: 401, status: 502, code: 'upstream_auth', shouldRetry: 'false' },
  { from: 403, status: 502, code: 'upstream_auth', shouldRetry: 'false' },
  { from: 402, status: 429, code: 'insufficient_quota', shouldRetry: 'false' },
  { from: 400, said: credit, status: 429, code: 'insufficient_quota', shouldRetry: 'false' },
  { from: 404, status: 404, code: null, shouldRetry: 'false' },
  { from: 408, status: 502, code: 'upstream_error' },
  { from: 409, status: 502, code: 'upstream_error' },
  { from: 425, status: 502, code: 'upstream_error' },
  { from: 429, headers: { 'retry-after': '7' }, status: 429, code: null, retryAfter: '7' },
  { from: 429, headers: { 'retry-after': '-3' }, status: 429, code: null, retryAfter: '1' },
  { from: 429, headers: { 'retry-after': '1e9' }, status: 429, code: null, retryAfter: '5' },
  {
    from: 429,
    headers: { 'retry-after': '99999' },
    status: 429,
    code: null,
    retryAfter: '60',
  },
  {
    from: 429,
    headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' },
    status: 429,
    code: null,
    retryAfter: '1',
  },
  { from: 429, headers: { 'retry-after': 'abc' }, status: 429, code: null, retryAfter: '5' },
  { from: 429, status: 429, code: null, retryAfter: '5' },
  { from: 500, status: 502, code: 'upstream_error' },
  { from: 502, status: 502, code: 'upstream_error' },
  { from: 503, status: 502, code: 'upstream_error' },
  { from: 503, headers: { 'retry-after': '9' }, status: 503, code: null, retryAfter: '9' },
  { from: 504, status: 504, code: 'upstream_timeout' },
  { from: 524, status: 504, code: 'upstream_timeout' },
  { from: 529, status: 503, code: 'upstream_overloaded' },
]

function scripted({ from, headers, said }: Row): Action {
  return error(from, said && { error: said }, headers)
}

function nameOf({ from, headers, said }: Row): string {
  return `a ${from}${headers ? ` with Retry-After ${headers['retry-after']}` : ''}${said ? ' for want of credit' : ''}`
}

for (const row of failedOver) {
  t.test(`${nameOf(row)} is hidden from the client if another provider answers`, async t => {
    const server = await serve(t, [scripted(row), answer('healthy')])
    for (const fields of [{}, { stream: true }]) t.equal(textOf(await server.client.ask(fields)), 'healthy')
  })

  for (const fields of [{}, { stream: true }]) {
    t.test(`${nameOf(row)} alone is reported${fields.stream ? ' to a client that streams' : ''}`, async t => {
      const server = await serve(t, [scripted(row)])
      const heard = await server.client.ask(fields)
      t.equal(heard.status, row.status)
      const { code, message } = errorOf(t, heard)
      t.equal(code, row.code)
      if (code === null) t.equal(withoutPlace(message), `Scripted error ${row.from}`)
      if (row.retryAfter) t.equal(heard.headers['retry-after'], row.retryAfter)
      t.equal(heard.headers['x-should-retry'], row.shouldRetry)
      t.strictSame(server.received, [1])
    })
  }
}

for (const status of [400, 405, 413, 415, 422, 451]) {
  t.test(`a ${status} concerns the client: passed on, and nobody's failure`, async t => {
    const said = {
      message: 'too long',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    }
    const server = await serve(t, [error(status, { error: said }), answer('never')])
    for (const fields of [{}, { stream: true }]) {
      const heard = await server.client.ask(fields)
      t.equal(heard.status, status)
      t.strictSame(errorOf(t, heard), said)
      t.equal(heard.headers['x-should-retry'], 'false')
    }
    t.strictSame(server.received, [2, 0])
    t.match((await server.providers())[0], { status: 'healthy', failures: 0 })
  })
}

t.test("a provider's message about its key reaches nobody", async t => {
  const echoing =
    (status: number): Action =>
    ({ request }) =>
      error(status, {
        error: { message: `Bad: ${request.headers['authorization']}`, type: 'x', param: null, code: 'x' },
      })
  for (const status of [400, 401, 404, 422, 429, 500, 503]) {
    await t.test(`in a ${status}`, async t => {
      const server = await serve(t, [echoing(status), echoing(status)])
      for (const fields of [{}, { stream: true }]) {
        const heard = await server.client.ask(fields)
        t.not(heard.status, 200)
        errorOf(t, heard)
      }
    })
  }
  await t.test('in an event', async t => {
    const server = await serve(t, [
      ({ request }) =>
        stream(['one ', { error: { message: `Bad: ${request.headers['authorization']}`, code: 400 } }], {
          finish: null,
          done: false,
        }),
    ])
    t.match((await server.client.ask({ stream: true })).text, 'one ')
  })
})

t.test("of a provider's headers, only those that help a client are passed on", async t => {
  const headers = {
    'set-cookie': 'a=1',
    server: 'secret',
    'access-control-allow-origin': '*',
    'strict-transport-security': 'max-age=1',
    'x-provider-key': canaries.provider,
    'x-request-id': 'theirs',
    'x-ratelimit-remaining-tokens': '12',
    // There is nothing to retry after an answer.
    'retry-after': '5',
  }
  const server = await serve(t, [[completion('ok', { headers }), stream(['ok'], { headers })]])
  for (const fields of [{}, { stream: true }]) {
    const heard = await server.client.ask(fields, { 'x-request-id': 'mine' })
    t.equal(heard.headers['x-request-id'], 'mine')
    t.equal(heard.headers['x-ratelimit-remaining-tokens'], '12')
    for (const name of [
      'set-cookie',
      'server',
      'access-control-allow-origin',
      'strict-transport-security',
      'x-provider-key',
      'retry-after',
    ])
      t.notOk(name in heard.headers, name)
  }
})
