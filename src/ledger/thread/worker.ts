import { parentPort, workerData } from 'node:worker_threads'
import { SqliteThread } from './sqlite-thread.ts'
import type { ThreadSettings, ToThread } from './messages.ts'

// The program of the thread that reads and writes a ledger, so that neither blocks requests.
const port = parentPort!
const thread = new SqliteThread(workerData as ThreadSettings, message => port.postMessage(message))
port.on('message', (message: ToThread) => {
  if (message.kind !== 'close') return thread.receive(message)
  thread.close()
  port.close()
})
