import { parentPort, workerData } from 'node:worker_threads'
import { HulumanageError } from '../../contract/index.ts'
import { readSimulation } from './read.ts'
import type { SimulationRequest } from './read.ts'
import { runSimulation } from './run.ts'
import type { SimulationAnswer } from './in-thread.ts'

// The program of the thread that a simulation runs in, whose clock is virtual.
const { read, loaded } = readSimulation(workerData as SimulationRequest)
parentPort!.postMessage(await answer(), [])

async function answer(): Promise<SimulationAnswer> {
  try {
    return { report: await runSimulation(read, loaded) }
  } catch (error) {
    if (!(error instanceof HulumanageError)) throw error
    const { code, message } = error
    return { failure: { code, message } }
  }
}
