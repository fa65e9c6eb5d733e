// Runs one program in a thread of its own, which can be ended at any time. The solver is WebAssembly with files in
// memory only: it cannot reach those of the machine, and its standard input is closed here.
import { parentPort, workerData } from 'node:worker_threads'
import { init } from 'z3-solver'
import type { Command } from './commands.ts'
import { Transcript } from './transcript.ts'
import type { Ending } from './transcript.ts'

/** What the worker is given. */
export interface Task {
  readonly commands: readonly Command[]
  readonly megabytes: number
}

/** What the worker tells: that the solver is loaded, each answer (but for empty ones) as it comes, and the end. */
export type Told =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'answered'; readonly command: Command; readonly answer: string }
  | { readonly kind: 'ended'; readonly ending: Ending }

/** The part of the Emscripten module that is used: z3-solver types it as `any`, and offers this call only with a thread for each. */
interface Module {
  ccall: (name: string, result: 'number', types: string[], values: (number | string)[]) => number
  UTF8ToString: (pointer: number, maxBytes: number) => string
}

/** More than a transcript may hold, however long the solver's own text is. */
const maxBytes = 64_000
/** The status with which the solver gives up where memory runs out. */
const outOfMemory = 101
/** What still tells faults, without solving, once there has been one. */
const statements = /^(?:declare|define|assert|minimize|maximize|push|pop|set-)/

const { commands, megabytes } = workerData as Task
const overrides = { print() {}, printErr() {}, stdin: () => null }
const { em, Z3 } = await init(overrides)
Z3.global_param_set('memory_max_size', String(megabytes))
const context = Z3.mk_context(Z3.mk_config()) as unknown as number
tell({ kind: 'loaded' })
tell({ kind: 'ended', ending: run() })

function run(): Ending {
  const transcript = new Transcript()
  try {
    for (const command of commands) {
      if (command.name === 'exit') break
      if (transcript.faulty && !statements.test(command.name)) continue
      const answer = answerTo(command)
      transcript.add(command, answer)
      if (answer !== '') tell({ kind: 'answered', command, answer })
    }
    return 'done'
  } catch (error) {
    return (error as { status?: unknown } | null)?.status === outOfMemory ? 'memory' : 'crash'
  }
}

/** A verdict of `unknown` comes with its reason. */
function answerTo({ name, text }: Command): string {
  const answer = evaluate(text)
  const unknown = name.startsWith('check-sat') && answer.trim() === 'unknown'
  return unknown ? answer + evaluate('(get-info :reason-unknown)') : answer
}

function evaluate(text: string): string {
  const { ccall, UTF8ToString } = em as Module
  return UTF8ToString(
    ccall('Z3_eval_smtlib2_string', 'number', ['number', 'string'], [context, text]),
    maxBytes,
  )
}

function tell(told: Told): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(told)
}
