import type { Test } from 'tap'
import type { Chunk } from '../../src/contract/index.ts'
import { fakeProvider } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import { serve } from './serve.ts'

/** Asks a server over a provider that answers like this: the status, the text and the chunks that a client of chat gets. */
export async function chunksOf(t: Test, script: Script, fields: object = {}) {
  const provider = await fakeProvider(t, script)
  const routing = { health_check: { enabled: false } }
  const url = await serve(
    t,
    JSON.stringify({ routing, providers: [{ name: 'p', base_url: provider.url, api_key: 'k' }] }),
  )
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
      ...fields,
    }),
  })
  const text = await response.text()
  const data = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as Chunk)
  return { status: response.status, text, data }
}
