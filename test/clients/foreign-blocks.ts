import type { Test } from 'tap'
import { answer, fakeProvider, json } from '../fake-provider.ts'
import type { Json } from '../fake-provider/content.ts'
import { messageOf } from '../fake-messages.ts'
import { responseOf } from '../fake-responses.ts'
import { serve } from './serve.ts'

/** Services by the spelling of what they get. */
export const services: Readonly<
  Record<string, { readonly action: ReturnType<typeof json>; readonly entry: Json }>
> = {
  chat: { action: answer('Hi'), entry: {} },
  deepseek: { action: answer('Hi'), entry: { type: 'deepseek' } },
  mistral: { action: answer('Hi'), entry: { type: 'mistral' } },
  messages: { action: json(messageOf('Hi')), entry: { type: 'anthropic' } },
  responses: { action: json(responseOf('Hi')), entry: { api: 'responses' } },
}
const path = '/chat/completions'

/** The body that a service gets for a request. */
export async function sentTo(t: Test, service: string, body: Json, at = path): Promise<Json> {
  const { action, entry } = services[service]!
  const provider = await fakeProvider(t, action)
  const providers = [{ name: 'p', base_url: provider.url, api_key: 'k', ...entry }]
  const url = await serve(t, JSON.stringify({ routing: { health_check: { enabled: false } }, providers }))
  const response = await fetch(`${url}/v1${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', max_tokens: 99, ...body }),
  })
  t.equal(response.status, 200, await response.text())
  return provider.requests[0]!.body
}
