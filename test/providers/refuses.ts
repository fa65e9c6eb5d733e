import type { Test } from 'tap'
import { serve } from '../clients/serve.ts'
import { answer, error, fakeProvider } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'

export type Json = Readonly<Record<string, unknown>>

interface World {
  readonly path?: string
  readonly entry?: Json
  readonly fine?: Action
  /** Another request, which is sent as it is. */
  readonly then?: Json
}

/** A request that a service refuses: the words of the refusal, and what is sent in its place, at once and from then on. */
export async function refuses(
  t: Test,
  sent: Json,
  [status, body]: readonly [number, object],
  expected: Json,
  world: World = {},
) {
  const { path = '/v1/chat/completions', entry = {}, fine = answer('fine'), then } = world
  const provider = await fakeProvider(t, ({ request }) =>
    JSON.stringify(request.body) === JSON.stringify(sent) ? error(status, body as Json) : fine,
  )
  const own = { name: 'only', base_url: provider.url, api_key: 'k', ...entry }
  const url = await serve(
    t,
    JSON.stringify({ providers: [own], routing: { health_check: { enabled: false } } }),
  )
  for (const asked of [sent, sent, ...(then ? [then] : [])]) {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    t.equal(response.status, 200, await response.text())
  }
  t.same(
    provider.requests.map(request => request.body),
    [sent, expected, expected, ...(then ? [then] : [])],
  )
}
