import { HulumanageError } from '../contract/index.ts'

/** Where a value stands in a configuration: keys and list positions from the top. */
export type Path = readonly (string | number)[]

/** One thing that is wrong with a configuration. Holds no secret: it may be printed and logged. */
export interface Problem {
  /** The file; or the flag or environment variable that set the value, such as `--port`. */
  readonly file: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  /** Such as `providers[1].weight`; empty where the whole file is at fault. */
  readonly path: string
  readonly message: string
  readonly hint: string | undefined
}

/** Everything wrong with a configuration at once. The message holds a line for each problem. */
export class ConfigError extends HulumanageError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(problem => `  ${renderProblem(problem)}`)
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
    super('config_invalid', [`the configuration has ${count}:`, ...lines].join('\n'))
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
  return rendered(withoutKeys(path))
}

/** A slip can make a name of what was a key: what stands below a key or a list of keys is not shown. */
function withoutKeys(path: Path): Path {
  const secret = path.findIndex(part => /(^|_)keys?$/i.test(String(part)))
  return path.filter((part, index) => secret === -1 || index <= secret || typeof part === 'number')
}

function rendered(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (!/^[\w-]+$/.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}
