// Runs one program in a thread of its own, which can be terminated at any time. The solver is WebAssembly with an in-memory
// file system: it cannot access files of the machine, and its standard input is closed here.
import { parentPort, workerData } from 'node:worker_threads'
import { init } from 'z3-solver'
import type { Command } from './commands.ts'
import { Transcript } from './transcript.ts'
import type { RunEnd } from './transcript.ts'

/** The input of the worker. */
export interface Task {
  readonly commands: readonly Command[]
  readonly megabytes: number
}

/** The messages of the worker: the solver is loaded, each answer as it arrives (except empty ones), and the end. */
export type WorkerMessage =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'answered'; readonly command: Command; readonly answer: string }
  | { readonly kind: 'ended'; readonly end: RunEnd }

/**
 * The part of the Emscripten module that is used: z3-solver types it as `any`, and its own API runs this call only in a
 * separate thread.
 */
interface Module {
  ccall: (name: string, result: 'number', types: string[], values: (number | string)[]) => number
  UTF8ToString: (pointer: number, maxBytes: number) => string
}

/** Limits each answer of the solver; more than a transcript holds. */
const maxBytes = 64_000
/** The status with which the solver exits when it runs out of memory. */
const outOfMemory = 101
/** After a fault, only these commands are still run: they can reveal further faults without solving anything. */
const statements = /^(?:declare|define|assert|minimize|maximize|push|pop|set-)/

const { commands, megabytes } = workerData as Task
const overrides = { print() {}, printErr() {}, stdin: () => null }
const { em, Z3 } = await init(overrides)
Z3.global_param_set('memory_max_size', String(megabytes))
const context = Z3.mk_context(Z3.mk_config()) as unknown as number
post({ kind: 'loaded' })
post({ kind: 'ended', end: run() })

function run(): RunEnd {
  const transcript = new Transcript()
  try {
    for (const command of commands) {
      if (command.name === 'exit') break
      if (transcript.faulty && !statements.test(command.name)) continue
      const answer = answerTo(command)
      transcript.add(command, answer)
      if (answer !== '') post({ kind: 'answered', command, answer })
    }
    return 'done'
  } catch (error) {
    return (error as { status?: unknown } | null)?.status === outOfMemory ? 'memory' : 'crash'
  }
}

/** The solver's answer to a command; a verdict of `unknown` is followed by its reason. */
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

function post(message: WorkerMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(message)
}
