import { HulumanageError } from '../contract/index.ts'

/** The path of a value in a configuration: keys and list indices from the top. */
export type Path = readonly (string | number)[]

/** One problem with a configuration. Contains no secrets: it may be printed and logged. */
export interface Problem {
  /** The file, or the flag or environment variable, such as `--port`, that set the value. */
  readonly file: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  /** Such as `providers[1].weight`; empty if the problem concerns the whole file. */
  readonly path: string
  readonly message: string
  readonly hint: string | undefined
  /** The path in our configuration if the problem is no more than a variable of the environment that is not set. */
  readonly unset?: Path
}

/** A problem that concerns a file, a flag or a variable as a whole. */
export function problemWith(file: string | undefined, message: string, hint?: string): Problem {
  return { file, line: undefined, column: undefined, path: '', message, hint }
}

/** The consequence of a setting that is not carried over as it is: it works in another way, is lost, or makes no difference. */
export type Effect = 'otherwise' | 'lost' | 'nothing'

/** A setting of another system, or of the environment, that is not carried over as it is. */
export interface Note extends Problem {
  readonly effect: Effect
}

/** The effects, from the most to the least important, as they are shown. */
export const effectLabels: Readonly<Record<Effect, string>> = {
  lost: 'you lose',
  otherwise: 'works otherwise',
  nothing: 'does not matter',
}

/** Groups notes by effect, the most important first. */
export function grouped(notes: readonly Note[]): readonly Note[] {
  return Object.keys(effectLabels).flatMap(effect => notes.filter(note => note.effect === effect))
}

/** A note after its effect: `you lose: config.yaml:3:1 alerting: not supported; left out`. */
export function renderNote(note: Note): string {
  return `${effectLabels[note.effect]}: ${renderProblem(note)}`
}

/** All problems of a configuration at once. The message has a line for each. */
export class ConfigError extends HulumanageError {
  readonly problems: readonly Problem[]

  /** `subject`: what has the problems, if it is not the configuration of the server. */
  constructor(problems: readonly Problem[], subject = 'configuration') {
    const lines = problems.map(problem => `  ${renderProblem(problem)}`)
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
    super('config_invalid', [`the ${subject} has ${count}:`, ...lines].join('\n'))
    this.problems = problems
  }
}

/** `proxy_config.yaml:12:5 providers[1].weight: expected a whole number of at least 1, got "x"` */
export function renderProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter(part => part !== undefined).join(':')
  const where = [place, problem.path].filter(part => part !== '').join(' ')
  const hint = problem.hint === undefined ? '' : ` (${problem.hint})`
  return `${where === '' ? '' : `${where}: `}${problem.message}${hint}`
}

/** `['providers', 1, 'weight']` as `providers[1].weight`. */
export function renderPath(path: Path): string {
  return joinPath(withoutSecrets(path))
}

/** A slip can turn a secret into a key of the tree, so nothing below a key or a list of keys is shown. */
function withoutSecrets(path: Path): Path {
  const secret = path.findIndex(part => /(^|_)keys?$/i.test(String(part)))
  return path.filter((part, index) => secret === -1 || index <= secret || typeof part === 'number')
}

function joinPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (!/^[\w-]+$/.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}
