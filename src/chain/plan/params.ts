import { textOf } from '../../chat/read/fields.ts'
import type { z } from 'zod'
import { describeRefusal } from '../../config/expectation.ts'
import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { ParamsOf, Step } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import { deepFreeze } from '../../contract/freeze.ts'
import type { OwnFields } from '../request.ts'

type Values = Readonly<Record<string, unknown>>

const none: Values = Object.freeze({})

/**
 * The checked params of steps under one configuration. Each of these sources overrides those before it: the step's
 * defaults, `steps.<name>` of the configuration, `hulumanage_params.<name>`, fields of the request under an alias.
 */
export class StepParams {
  readonly #configured: Config['steps']
  readonly #defaults = new Map<Step, Values>()

  constructor(configured: Config['steps']) {
    this.#configured = configured
  }

  /** The params for one request. Throws `invalid_value` with the field at fault, before anything is spent. */
  forRequest(steps: readonly Step[], own: OwnFields): ParamsOf {
    let given: Map<Step, Values> | undefined
    for (const step of steps) {
      const fields = fieldsOf(step, own)
      if (fields.length === 0) this.#defaultsOf(step)
      else (given ??= new Map<Step, Values>()).set(step, this.#check(step, fields))
    }
    if (!given) return this.#defaultsOf
    return step => given.get(step) ?? this.#defaultsOf(step)
  }

  /** The params of a request that sets none; checked once. */
  readonly #defaultsOf = (step: Step): Values => {
    const present = this.#defaults.get(step)
    if (present !== undefined) return present
    const params = this.#check(step, [])
    this.#defaults.set(step, params)
    return params
  }

  #check(step: Step, fields: readonly Field[]): Values {
    const configured = Object.hasOwn(this.#configured, step.name) ? this.#configured[step.name]! : none
    const fromConfig = Object.keys(configured).map(name => ({
      name,
      value: configured[name],
      from: `steps.${step.name}.${name}`,
    }))
    for (const { name, from } of fields) checkName(step, name, from, 'invalid_value')
    for (const { name, from } of fromConfig) checkName(step, name, from, 'config_invalid')
    if (!step.params) return none
    const given = new Map<string, Field>([...fromConfig, ...fields].map(field => [field.name, field]))
    const values = Object.fromEntries([...given.values()].map(({ name, value }) => [name, value]))
    const result = step.params.safeParse(values, { error: describeRefusal })
    if (result.success) return deepFreeze(result.data)
    throw invalidParam(step, result.error.issues[0], given, fields)
  }
}

/** Maximum characters of a problem, which may repeat names that the client sent. */
const maxProblemLength = 400

/** A value for a param, and its origin. */
interface Field {
  readonly name: string
  readonly value: unknown
  readonly from: string
}

/** The fields of a request that set a step's params; an alias comes last and wins. */
function fieldsOf(step: Step, own: OwnFields): readonly Field[] {
  const { params, aliases } = own
  if (!params && !aliases) return []
  const fields: Field[] = []
  if (params && Object.hasOwn(params, step.name)) {
    for (const [name, value] of Object.entries(params[step.name] ?? none)) {
      fields.push({ name, value, from: `hulumanage_params.${step.name}.${clip(name)}` })
    }
  }
  for (const [alias, name] of Object.entries(step.aliases ?? none)) {
    if (!aliases || !Object.hasOwn(aliases, alias)) continue
    if (name === '*') fields.push(...fieldsUnder(alias, aliases[alias], step))
    else fields.push({ name: textOf(name), value: aliases[alias], from: alias })
  }
  return fields
}

/** The params in an alias for all of them, such as `mars_config`. */
function fieldsUnder(alias: string, value: unknown, step: Step): readonly Field[] {
  if (value === null) return []
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = `${alias}: must be an object with params of the step "${step.name}"`
    throw new HulumanageError('invalid_value', message, { param: alias })
  }
  return Object.entries(value).map(([name, given]) => ({
    name,
    value: given,
    from: `${alias}.${clip(name)}`,
  }))
}

function checkName(step: Step, name: string, from: string, code: 'invalid_value' | 'config_invalid'): void {
  const names = Object.keys(step.params?.shape ?? none)
  if (names.includes(name)) return
  const hint = didYouMean(name, names) ?? `it has ${names.join(', ') || 'no params'}`
  throw new HulumanageError(code, `${from}: the step "${step.name}" has no param "${clip(name)}"; ${hint}`, {
    param: from,
  })
}

function invalidParam(
  step: Step,
  issue: z.core.$ZodIssue | undefined,
  given: ReadonlyMap<string, Field>,
  fields: readonly Field[],
): HulumanageError {
  const [name, ...rest] = issue?.path.map(String) ?? []
  const field = given.get(name ?? '')
  const from = [field?.from ?? `steps.${step.name}`, ...rest.map(part => clip(part))].join('.')
  const code = field && !fields.includes(field) ? 'config_invalid' : 'invalid_value'
  return new HulumanageError(code, `${from}: ${clip(issue?.message ?? 'invalid', maxProblemLength)}`, {
    param: from,
  })
}
