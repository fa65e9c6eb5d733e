import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { serve } from './spawn.ts'
import type { Serving } from './spawn.ts'

/** Where Linux tells which processes a process has started. */
const children = (pid: number) => `/proc/${pid}/task/${pid}/children`
/** Why tests that kill workers are skipped; false where they can. */
export const skip = process.platform !== 'linux' && 'looks for processes as Linux shows them'

/** A server of several workers with a configuration. */
export async function serveTogether(t: Test, config: object, workers = 2): Promise<Serving> {
  const cwd = t.testdir({ 'hulumanage.yaml': JSON.stringify(config) })
  return await serve(t, ['--workers', String(workers)], { cwd })
}

/** A request on a connection of its own, as another client makes it: connections go to the workers in turn. */
export async function ask(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await response.text()
  return response.status
}

/** So many requests at the same time. */
export const askAll = (url: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => ask(url)))

/** What a path answers, by any of the workers. */
export const get = async (url: string) =>
  await (await fetch(url, { headers: { connection: 'close' } })).text()

/** The processes of the workers. */
export const workersOf = ({ child }: Serving) =>
  readFileSync(children(child.pid!), 'utf8').split(' ').filter(Boolean).map(Number)

/** A configuration with one provider, of the simulated kind. */
export const simulated = (name: string) => ({
  providers: [{ name, type: 'simulated', simulate: { latency_ms: 0, token_ms: 0 } }],
})
