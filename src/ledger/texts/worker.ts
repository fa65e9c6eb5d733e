import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadStart, ToThread } from './messages.ts'
import { TextThread } from './text-thread.ts'

// The program of the thread that redacts and keeps texts, so that neither blocks requests or the ledger.
const port = parentPort!
const thread = new TextThread(workerData as ThreadStart, message => port.postMessage(message))
const closing = Promise.withResolvers<void>()
port.on('message', (message: ToThread) => {
  if (message.kind === 'close') closing.resolve()
  else thread.receive(message)
})
await closing.promise
await thread.close()
port.close()
