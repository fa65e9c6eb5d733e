import { messageOf } from '../contract/errors.ts'
import type { FastifyPluginAsync, FastifyPluginCallback } from 'fastify'
import { describeRefusal } from '../config/expectation.ts'
import { parsedOnce } from '../config/parsed-once.ts'
import { HulumanageError } from '../contract/index.ts'
import type { ContractVersion, Step } from '../contract/index.ts'
import { contractVersion } from '../contract/version.ts'

/** A Fastify plugin in either style. Like a step, it may say which contract it was written for. */
export type HostPlugin = (FastifyPluginAsync | FastifyPluginCallback) & { readonly api?: ContractVersion }

type Fields = Readonly<Record<string, unknown>>

/**
 * The export of a file as what it is: a function is a Fastify plugin, anything else a step, which the registry checks.
 * Throws if nothing is exported, or the plugin was written for a newer contract.
 */
export function readExport(exported: unknown, file: string): HostPlugin | Step {
  if (typeof exported === 'function') {
    checkContract('plugin', 'api' in exported ? exported.api : undefined, file)
    return exported as HostPlugin
  }
  if (exported === undefined) {
    throw invalid(
      file,
      'no default export; export an approach { name, summary, run }, a wrapper { name, summary, place, wrap } or a Fastify plugin',
    )
  }
  return exported as Step
}

/** Throws `step_invalid` or `plugin_too_new` if `step` is not a step: plain JavaScript can pass anything. */
export function checkStep(step: unknown, origin: string): asserts step is Step {
  if (!isObject(step)) throw invalid(origin, `a step is an object, not ${describe(step)}`)
  // Before its shape, which a newer contract may have changed.
  checkContract('step', step['api'], origin)
  const { name } = step
  if (typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    throw invalid(
      origin,
      `the step's name is ${describe(name)}; use at most 64 lower-case letters, digits and underscores, starting with a letter`,
    )
  }
  const problem = problemOf(step) ?? problemOfParams(step) ?? problemOfUses(step)
  if (problem) throw invalid(origin, `step "${name}": ${problem}`)
}

/**
 * Throws `plugin_too_new` if a step or plugin was written for a newer contract. Without a version it is for the first.
 */
function checkContract(what: 'step' | 'plugin', api: unknown, origin: string): void {
  if (api === undefined) return
  if (typeof api !== 'number' || !Number.isInteger(api) || api < 1) {
    const given = typeof api === 'number' ? api : describe(api)
    throw invalid(origin, `api is ${given}; it must be the number of a contract, such as ${contractVersion}`)
  }
  if (api <= contractVersion) return
  throw new HulumanageError(
    'plugin_too_new',
    `${origin}: this ${what} was made for contract ${api}; this server offers ${contractVersion}: update hulumanage`,
  )
}

function problemOf({ run, wrap, summary, place, paper, cost }: Fields): string | undefined {
  if (run === undefined && wrap === undefined) return 'has neither run (an approach) nor wrap (a wrapper)'
  if (run !== undefined && wrap !== undefined) return 'has both run and wrap; make two steps of it'
  if (typeof (run ?? wrap) !== 'function') return `${run === undefined ? 'wrap' : 'run'} must be a function`
  if (wrap !== undefined && place !== 'leaf' && place !== 'whole') {
    return `place is ${describe(place)}; it must be "leaf" (at every model call) or "whole" (around the client's request)`
  }
  if (typeof summary !== 'string' || summary === '') return 'summary must be a line of text'
  if (paper !== undefined && typeof paper !== 'string') return 'paper must be a string'
  if (cost !== undefined && typeof cost !== 'function') return 'cost must be a function'
  return undefined
}

/** Checks params by their shape, not by their class: a plugin may use its own copy of zod. */
function problemOfParams({ params, aliases }: Fields): string | undefined {
  if (params === undefined) return aliases === undefined ? undefined : 'aliases need params'
  if (!isObject(params) || typeof params['safeParse'] !== 'function' || !isObject(params['shape'])) {
    return 'params must be a zod object, such as z.object({ rounds: z.int().default(2) })'
  }
  const { shape } = params
  const problem = problemOfDefaults(params as unknown as Schema)
  if (problem) return `params need a default for every field: ${problem}`
  if (aliases === undefined) return undefined
  if (!isObject(aliases)) return 'aliases must be an object, such as { best_of_n: "n" }'
  const stray = Object.entries(aliases).find(
    ([, field]) => field !== '*' && (typeof field !== 'string' || !(field in shape)),
  )
  return stray && `alias "${stray[0]}" leads to ${describe(stray[1])}, which is not a field of params`
}

/** Checks the steps in `uses`, each once, since they may use each other. */
function problemOfUses({ uses }: Fields, seen = new Set<unknown>()): string | undefined {
  if (uses === undefined) return undefined
  if (!Array.isArray(uses)) return `uses is ${describe(uses)}; it must be a list of approaches`
  for (const used of uses as readonly unknown[]) {
    if (seen.has(used)) continue
    seen.add(used)
    if (!isObject(used) || typeof used['name'] !== 'string' || used['run'] === undefined)
      return 'uses must be a list of approaches, each an object with name, summary and run'
    const problem = problemOf(used) ?? problemOfParams(used) ?? problemOfUses(used, seen)
    if (problem) return `uses the step "${used['name']}", which is not valid: ${problem}`
  }
  return undefined
}

interface Schema {
  safeParse: (
    value: unknown,
    options: typeof parsedOnce & { readonly error: typeof describeRefusal },
  ) => {
    readonly success: boolean
    readonly error?: {
      readonly issues?: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
    }
  }
}

/** The reason a schema refuses an empty object; undefined if it accepts one. */
function problemOfDefaults(schema: Schema): string | undefined {
  try {
    const { success, error } = schema.safeParse({}, { ...parsedOnce, error: describeRefusal })
    if (success) return undefined
    const issues = error?.issues?.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
    return issues?.join('; ') || 'an empty object is refused'
  } catch (error) {
    return messageOf(error)
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`
}

function invalid(origin: string, problem: string): HulumanageError {
  return new HulumanageError('step_invalid', `${origin}: ${problem}`)
}
