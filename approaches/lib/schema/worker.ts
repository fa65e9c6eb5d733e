// Checks JSON against schemas in a thread of its own, which can be terminated: a client's schema may hold a pattern that takes
// longer than any request.
import { parentPort } from 'node:worker_threads'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, SchemaObject, ValidateFunction } from 'ajv'
import { parseJson } from '../../../src/plugin.ts'

/** A text to check, or a schema alone. */
export interface Task {
  /** As JSON, by which compiled schemas are kept. */
  readonly schema: string
  readonly text?: string
}

/** A fault of an answer. */
export interface Fault {
  /** The keyword of the schema that it violates. Unlike the text, it quotes neither the answer nor the schema. */
  readonly keyword: string
  readonly text: string
}

/** The result of a task. */
export type Finding =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }
  | { readonly kind: 'bad schema'; readonly problem: string }

const mostFaults = 10
const longestFault = 200
const mostSchemas = 50
/** Drafts before 2019 have other keywords for tuples and definitions. */
const olderDraft = /^https?:\/\/json-schema\.org\/draft-0[67]\//

const compiled = new Map<string, ValidateFunction>()

parentPort?.on('message', (task: Task) => post(findingOf(task)))
post('loaded')

function findingOf({ schema, text }: Task): Finding {
  try {
    const validate = validatorFor(schema)
    if (text === undefined || validate(parseJson(text))) return { kind: 'valid' }
    const faults = (validate.errors ?? []).slice(0, mostFaults)
    return { kind: 'invalid', faults: faults.map(describe) }
  } catch (error) {
    return { kind: 'bad schema', problem: error instanceof Error ? error.message : 'it cannot be read' }
  }
}

function validatorFor(json: string): ValidateFunction {
  const present = compiled.get(json)
  if (present) return present
  const schema = parseJson(json) as SchemaObject | boolean
  // Its answer would be a promise, which is true whatever it resolves to.
  if (typeof schema === 'object' && schema.$async) throw new Error('$async is not supported')
  const isOlder = typeof schema === 'object' && olderDraft.test(String(schema.$schema))
  const options = { allErrors: true, strict: false, validateFormats: false, logger: false } as const
  const validate = (isOlder ? new Ajv(options) : new Ajv2020(options)).compile(schema)
  if (compiled.size >= mostSchemas) compiled.clear()
  compiled.set(json, validate)
  return validate
}

/** Such as `/items/0/price: must be number`. */
function describe({ instancePath: path, keyword, message, params }: ErrorObject): Fault {
  const { additionalProperty, allowedValues, allowedValue } = params as Readonly<Record<string, unknown>>
  const detail = JSON.stringify(additionalProperty ?? allowedValues ?? allowedValue)
  const text = `${path || '(the whole)'}: ${message}${detail ? `: ${detail}` : ''}`
  return { keyword, text: text.slice(0, longestFault) }
}

function post(message: Finding | 'loaded'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(message)
}
