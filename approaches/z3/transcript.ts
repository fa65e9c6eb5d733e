import type { Command } from './commands.ts'

/** Why a run ended. */
export type Ending = 'done' | 'time' | 'memory' | 'crash'

export interface Outcome {
  /** All that the solver printed, up to a limit. */
  readonly output: string
  /** What a better program could mend; undefined where the solver has settled something. */
  readonly fault?: string
}

/** Room for the values of some hundred names; more is of no use to a reader. */
const maxOutput = 16_000
const maxFaults = 10

/** Asked after a verdict: where that leaves nothing to tell, their errors are no fault of the program. */
const valueCommands = new Set(['get-value', 'get-model', 'get-objectives', 'get-assignment', 'eval'])
/** Reasons come on top of a verdict. */
const reasonCommands = new Set(['get-unsat-core', 'get-unsat-assumptions'])

const endings: Readonly<Record<Exclude<Ending, 'done'>, string>> = {
  time: 'the time limit was reached',
  memory: 'the memory limit was reached',
  crash: 'the solver broke down',
}

/** What the solver has answered to the commands of one program. */
export class Transcript {
  readonly #faults: string[] = []
  #output = ''
  #verdict: string | undefined
  #unknown = ''
  #settled = false

  /** Whether a command was wrong. */
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
    else this.#settled ||= this.#verdict !== undefined
  }

  outcome(ending: Ending): Outcome {
    const cut = this.#output.length > maxOutput
    const lines = [
      cut ? `${this.#output.slice(0, maxOutput)}\n; the rest is left out` : this.#output.trimEnd(),
      ending === 'done' ? '' : `; ${endings[ending]}`,
    ]
    const output = lines.filter(line => line !== '').join('\n')
    const fault = this.#fault(ending)
    return fault === undefined ? { output } : { output, fault: fault.slice(0, maxOutput) }
  }

  #isFault({ name }: Command, text: string): boolean {
    if (name === 'echo' || reasonCommands.has(name) || !/^\(error "/m.test(text)) return false
    return !valueCommands.has(name) || this.#verdict === undefined || this.#verdict === 'sat'
  }

  #fault(ending: Ending): string | undefined {
    if (this.faulty) return this.#faults.slice(0, maxFaults).join('\n')
    if (this.#settled) return undefined
    const reason = ending === 'done' ? this.#unknown : endings[ending]
    if (reason !== '') return `${reason}; find a program that is easier to solve`
    return this.#output === '' ? 'the program prints nothing' : undefined
  }
}
