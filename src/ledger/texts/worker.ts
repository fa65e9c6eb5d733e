import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadStart, ToThread } from './messages.ts'
import { TextThread } from './text-thread.ts'

// The program of the thread that redacts and keeps texts, so that neither blocks requests or the ledger.
const port = parentPort!
const thread = new TextThread(workerData as ThreadStart, message => port.postMessage(message))
port.on('message', (message: ToThread) => {
  if (message.kind !== 'close') thread.receive(message)
  else void thread.close().then(() => port.close())
})
