import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { threadEnvironment } from '../../../../approaches/lib/request/thread-environment.ts'

const program = `const { parentPort } = require('node:worker_threads')
const folder = require('node:module').getCompileCacheDir()
parentPort.postMessage({ names: Object.keys(process.env), folder })`

t.test('a thread sees no secret, and keeps its compiled code where the server does', async t => {
  const folder = t.testdir()
  const env = threadEnvironment({ OPENAI_API_KEY: 'sk-secret', NODE_COMPILE_CACHE: folder })
  const worker = new Worker(program, { eval: true, env })
  const [seen] = (await once(worker, 'message')) as [{ names: string[]; folder: string }]
  await worker.terminate()
  t.same(seen.names, ['NODE_COMPILE_CACHE'])
  t.ok(seen.folder.startsWith(folder), seen.folder)
})

t.test('without a folder of compiled code its environment is empty', async t => {
  t.same(threadEnvironment({ OPENAI_API_KEY: 'sk-secret' }), {})
})
