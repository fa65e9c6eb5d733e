import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { HulumanageError } from '../../src/plugin.ts'
import { threadEnvironment } from '../lib/request/thread-environment.ts'
import { readCommands } from './commands.ts'
import { Slots } from './slots.ts'
import { Transcript } from './transcript.ts'
import type { Outcome, RunEnd } from './transcript.ts'
import type { Task, WorkerMessage } from './worker.ts'

export interface Limits {
  readonly seconds: number
  readonly megabytes: number
}

/** A solver uses a whole core; one is left for the server. */
const slots = new Slots(Math.max(1, availableParallelism() - 1))
/** The worker is TypeScript in a checkout and JavaScript in the package. */
const program = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
/** For JavaScript only; the memory of the solver itself is limited separately. */
const heapMegabytes = 128

/** Throws `missing_package` if the solver is not installed. */
export function requireSolver(): void {
  try {
    import.meta.resolve('z3-solver')
  } catch (error) {
    throw new HulumanageError(
      'missing_package',
      'The step "z3" needs a package that is not installed; run `npm install z3-solver@5.2.0`',
      { cause: error },
    )
  }
}

/** Runs an SMT-LIB program in a thread of its own, which ends with the program, at a limit, or when the signal aborts. */
export async function solve(
  text: string,
  { seconds, megabytes }: Limits,
  signal: AbortSignal,
): Promise<Outcome> {
  const { commands, faults } = readCommands(text)
  if (faults.length > 0) return { output: '', fault: faults.join('\n') }
  return await slots.run(signal, async () => {
    const worker = new Worker(program, {
      workerData: { commands, megabytes } satisfies Task,
      env: threadEnvironment(),
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    })
    try {
      return await outcomeIn(worker, seconds, signal)
    } finally {
      await worker.terminate()
    }
  })
}

function outcomeIn(worker: Worker, seconds: number, signal: AbortSignal): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const transcript = new Transcript()
  let clock: NodeJS.Timeout | undefined
  const end = (how: RunEnd): void => resolve(transcript.outcome(how))
  const stop = (): void => reject(signal.reason as Error)
  // Until the solver is loaded, a failure is not the fault of the program.
  const fail = (error: unknown): void => {
    if (clock) end('crash')
    else reject(error)
  }
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'loaded') clock = setTimeout(end, seconds * 1000, 'time')
    else if (message.kind === 'answered') transcript.add(message.command, message.answer)
    else end(message.end)
  })
  worker.on('error', fail)
  worker.on('exit', status =>
    fail(new Error(`The solver did not start: its thread ended with status ${status}`)),
  )
  signal.addEventListener('abort', stop)
  return promise.finally(() => {
    clearTimeout(clock)
    signal.removeEventListener('abort', stop)
  })
}
