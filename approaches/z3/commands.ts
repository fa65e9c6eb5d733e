/** One command of an SMT-LIB program. */
export interface Command {
  readonly name: string
  /** The line it begins on, from 1. */
  readonly line: number
  /** Its text, preceded by everything since the previous command, so that the solver's line numbers match the program. */
  readonly text: string
}

export interface Program {
  readonly commands: readonly Command[]
  /** The reasons not to run it, in the format of the solver's errors; empty if it may run. */
  readonly faults: readonly string[]
}

/** Commands that declare, query and print. Others could read or write files, or are useless here. */
const commandNames = new Set(
  `assert assert-soft check-sat check-sat-assuming declare-const declare-datatype declare-datatypes declare-fun
  declare-sort define-const define-fun define-fun-rec define-funs-rec define-sort echo eval exit get-assignment
  get-info get-model get-objectives get-unsat-assumptions get-unsat-core get-value maximize minimize pop push reset
  reset-assertions set-info set-logic set-option simplify`.split(/\s+/),
)

/** Other options name files to write, lift our limits, or change what the solver prints. */
const optionNames = new Set(
  `:model.completion :opt.priority :pp.decimal :pp.decimal_precision :produce-assignments :produce-models
  :produce-unsat-assumptions :produce-unsat-cores :random-seed :timeout`.split(/\s+/),
)

/** Parentheses, strings, quoted symbols, comments, line ends and words; the rest are unterminated tokens. */
const token = /[()]|"(?:[^"]|"")*"|\|[^|\\]*\||;[^\n]*|\n|#\||[^\s()"|;]+|["|]/g

/** A longer program is not read, in characters; of one with more faults, the first are told. */
const longestProgram = 200_000
const mostFaults = 100

/** Splits a program at its outermost parentheses. Refuses unknown commands and options. */
export function readCommands(program: string): Program {
  if (program.length > longestProgram) {
    const fault = `the program has ${program.length} characters; ${longestProgram} are allowed`
    return { commands: [], faults: [`(error "line 1: ${fault}")`] }
  }
  const reader = new CommandReader(program)
  for (const match of program.matchAll(token)) if (!reader.take(match[0], match.index)) break
  return reader.end()
}

class CommandReader {
  readonly #program: string
  readonly #commands: Command[] = []
  readonly #faults: string[] = []
  #words: string[] = []
  #depth = 0
  #line = 1
  #start = { position: 0, line: 1 }

  constructor(program: string) {
    this.#program = program
  }

  /** Reads the next token; returns false if it makes no sense to continue. */
  take(piece: string, position: number): boolean {
    if (this.#faults.length >= mostFaults) return false
    if (piece === '"' || piece === '|' || piece === '#|') return this.#refuse(unterminated[piece])
    if (piece === '(') this.#open()
    else if (piece === ')') {
      if (this.#depth === 0) return this.#refuse('a closing parenthesis too many')
      if (--this.#depth === 0) this.#close(position + 1)
    } else if (!piece.startsWith(';') && piece !== '\n') {
      if (this.#depth === 0) return this.#refuse(`a command was expected, not ${piece.slice(0, 40)}`)
      if (this.#depth === 1) this.#words.push(piece)
    }
    this.#line += piece.split('\n').length - 1
    return true
  }

  end(): Program {
    if (this.#depth > 0 && this.#faults.length === 0) {
      this.#refuse('the parenthesis that opens here is never closed', this.#start.line)
    }
    return { commands: this.#commands, faults: this.#faults }
  }

  #open(): void {
    if (this.#depth++ > 0) return
    this.#start = { ...this.#start, line: this.#line }
    this.#words = []
  }

  #close(end: number): void {
    const { position, line } = this.#start
    const [name = '', argument = ''] = this.#words
    this.#start = { position: end, line }
    if (!commandNames.has(name)) this.#refuse(`the command ${name.slice(0, 40)} is not available`, line)
    else if (name === 'set-option' && !optionNames.has(argument)) {
      this.#refuse(`the option ${argument.slice(0, 40)} is not available`, line)
    }
    this.#commands.push({ name, line, text: this.#program.slice(position, end) })
  }

  #refuse(what: string, line = this.#line): false {
    this.#faults.push(`(error "line ${line}: ${what}")`)
    return false
  }
}

const unterminated = {
  '"': 'the string that opens here is never closed',
  '|': 'the quoted symbol that opens here is never closed, or holds a backslash',
  '#|': 'comments begin with a semicolon',
}
