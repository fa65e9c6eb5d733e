import type { Command } from './commands.ts'

/** How a run ended. */
export type RunEnd = 'done' | 'time' | 'memory' | 'crash'

export interface Outcome {
  /** The solver's output, up to a limit. */
  readonly output: string
  /** A fault that a better program could avoid; undefined if the solver has reached a result. */
  readonly fault?: string
}

/** Enough characters for the values of several hundred names; more would be useless to a reader. */
const maxOutput = 16_000
const maxFaults = 10

/** Used after a verdict: if that leaves no values, their errors are not a fault of the program. */
const valueCommands = new Set(['get-value', 'get-model', 'get-objectives', 'get-assignment', 'eval'])
/** Explain a verdict, so their errors never matter. */
const reasonCommands = new Set(['get-unsat-core', 'get-unsat-assumptions'])

const failures: Readonly<Record<Exclude<RunEnd, 'done'>, string>> = {
  time: 'the time limit was reached',
  memory: 'the memory limit was reached',
  crash: 'the solver broke down',
}

/** The solver's answers to the commands of one program. */
export class Transcript {
  readonly #faults: string[] = []
  #output = ''
  #verdict: string | undefined
  #unknown = ''
  #hasResult = false

  /** Whether a command was faulty. */
  get faulty(): boolean {
    return this.#faults.length > 0
  }

  add(command: Command, answer: string): void {
    const text = answer.trim()
    if (text === '') return
    if (this.#output.length <= maxOutput) this.#output += `${text}\n`
    if (this.#isFault(command, text)) {
      this.#faults.push(`${text}\n; in ${command.text.trim().replaceAll(/\s+/g, ' ').slice(0, 200)}`)
    }
    if (!command.name.startsWith('check-sat')) return
    this.#verdict = /^(?:sat|unsat|unknown)$/m.exec(text)?.[0]
    if (this.#verdict === 'unknown') this.#unknown = text.replaceAll('\n', ' ')
    else this.#hasResult ||= this.#verdict !== undefined
  }

  outcome(end: RunEnd): Outcome {
    const cut = this.#output.length > maxOutput
    const lines = [
      cut ? `${this.#output.slice(0, maxOutput)}\n; the rest is left out` : this.#output.trimEnd(),
      end === 'done' ? '' : `; ${failures[end]}`,
    ]
    const output = lines.filter(line => line !== '').join('\n')
    const fault = this.#fault(end)
    return fault === undefined ? { output } : { output, fault: fault.slice(0, maxOutput) }
  }

  #isFault({ name }: Command, text: string): boolean {
    if (name === 'echo' || reasonCommands.has(name) || !/^\(error "/m.test(text)) return false
    return !valueCommands.has(name) || this.#verdict === undefined || this.#verdict === 'sat'
  }

  #fault(end: RunEnd): string | undefined {
    if (this.faulty) return this.#faults.slice(0, maxFaults).join('\n')
    if (this.#hasResult) return undefined
    const reason = end === 'done' ? this.#unknown : failures[end]
    if (reason !== '') return `${reason}; find a program that is easier to solve`
    return this.#output === '' ? 'the program prints nothing' : undefined
  }
}
