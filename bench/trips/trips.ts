/** Requests of each kind, as they are sent to a server that is looked at closely: path and body without messages. */
export const trips = {
  'JSON through `proxy`': ['/v1/chat/completions', { model: 'm' }],
  'stream through `proxy`': ['/v1/chat/completions', { model: 'm', stream: true }],
  'JSON, `bon&proxy`': ['/v1/chat/completions', { model: 'bon&proxy-m' }],
  '`/v1/messages`, JSON': ['/v1/messages', { model: 'm', max_tokens: 100 }],
  '`/v1/messages`, stream': ['/v1/messages', { model: 'm', max_tokens: 100, stream: true }],
} as const

/** Path and body without messages. */
export type Trip = readonly [string, object]

/** Makes a trip so many times, one after the other. */
export async function travelOften(url: string, trip: Trip, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await travel(url, trip)
}

/** Makes one trip, and fails unless it ends well. */
export async function travel(url: string, [path, body]: Trip): Promise<void> {
  const messages = [{ role: 'user', content: 'Hello' }]
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, messages }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
}
