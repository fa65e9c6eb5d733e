import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { freePort } from '../fake-provider/ports.ts'
import { serve } from './spawn.ts'
import type { Serving } from './spawn.ts'

/** The file in which Linux lists the children of a process. */
const children = (pid: number) => `/proc/${pid}/task/${pid}/children`
/** The reason to skip tests that kill workers; false if they can run. */
export const skip = process.platform !== 'linux' && 'looks for processes as Linux shows them'

/** A server of several workers with a configuration. */
export async function serveTogether(t: Test, config: object, workers = 2): Promise<Serving> {
  const cwd = t.testdir({ 'hulumanage.yaml': JSON.stringify(config) })
  // One that was chosen at random would be another once all workers have ended.
  return await serve(t, ['--workers', String(workers)], { cwd, port: await freePort() })
}

/** Sends a request on its own connection, as another client would: connections go to the workers in turn. */
export async function ask(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await response.text()
  return response.status
}

/** Sends `count` requests at once. */
export const askAll = (url: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => ask(url)))

/** Gets the body of a response, from any of the workers. */
export const get = async (url: string) =>
  await (await fetch(url, { headers: { connection: 'close' } })).text()

/** The processes of the workers. */
export const workersOf = ({ child }: Serving) =>
  readFileSync(children(child.pid!), 'utf8').split(' ').filter(Boolean).map(Number)

/** A configuration with one simulated provider. */
export const simulated = (name: string) => ({
  providers: [{ name, type: 'simulated', simulate: { latency_ms: 0, token_ms: 0 } }],
})
