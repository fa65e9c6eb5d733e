import { dirname, relative, resolve } from 'node:path'
import { readDocument } from '../../config/document.ts'
import { checkTree } from '../../config/load/check-tree.ts'
import { readText } from '../../config/load/read-text.ts'
import { Origins } from '../../config/origins.ts'
import { ConfigError } from '../../config/problems.ts'
import type { Problem } from '../../config/problems.ts'
import { isMapping } from '../../config/tree.ts'
import { expandScenario } from './expand.ts'
import { scenarioSchema } from './schema.ts'
import type { Scenario } from './schema.ts'

/** A scenario, and where its values were set. */
export interface ReadScenario {
  readonly scenario: Scenario
  readonly origins: Origins
  /** The configuration file that it names, as an absolute path. */
  readonly config: string | undefined
}

/** A part of a scenario that its file need not contain, such as what was measured. */
export interface Assumed {
  readonly providers: Readonly<Record<string, object>>
  /** The kinds of requests; used if the file has none. */
  readonly requests?: readonly object[] | undefined
}

/** Values of the command line, as text, that take precedence over those of the file. */
export type ScenarioFlags = Readonly<Partial<Record<'rps' | 'minutes' | 'seed', unknown>>>

/** The kind of file in messages. */
const subject = 'scenario'

/** An error for the problems of a scenario. */
export function scenarioError(problems: readonly Problem[]): ConfigError {
  return new ConfigError(problems, subject)
}

/**
 * Reads a scenario from its file, or from the flags alone. Fields of the file take precedence over those that are assumed.
 * Throws one error with all of its problems.
 */
export function readScenario(
  file: string | undefined,
  flags: ScenarioFlags,
  assumed?: Assumed,
): ReadScenario {
  const { tree, origins, problems } =
    file === undefined ? { tree: {}, origins: new Origins(), problems: [] } : read(file)
  const complete = assumed ? withAssumed(tree, assumed) : tree
  const expanded = expandScenario(withFlags(complete, origins, flags))
  const checked = checkTree(scenarioSchema, expanded, origins)
  const all = [
    ...problems,
    ...checked.problems,
    ...(checked.value ? spanProblems(checked.value, origins) : []),
  ]
  if (all.length > 0 || !checked.value) throw scenarioError(all)
  const { config } = checked.value
  return {
    scenario: checked.value,
    origins,
    config: config === undefined || file === undefined ? config : resolve(dirname(file), config),
  }
}

function read(file: string): ReturnType<typeof readDocument> {
  const inside = relative(process.cwd(), resolve(file))
  const shown = inside.startsWith('..') ? file : inside
  const document = readDocument(readText(file, { shown, subject }), shown)
  const isEmpty = Object.keys(document.tree as object).length === 0
  if (document.problems.length > 0 && isEmpty) throw scenarioError(document.problems)
  return document
}

function withFlags(tree: unknown, origins: Origins, flags: ScenarioFlags): unknown {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined)
  for (const [name] of given) origins.replace([name], { source: 'flag', name: `--${name}`, untyped: true })
  return isMapping(tree) ? { ...tree, ...Object.fromEntries(given) } : tree
}

/** Any other value than a mapping is left to the schema, which refuses it. */
function withAssumed(tree: unknown, { providers: measured, requests }: Assumed): unknown {
  if (!isMapping(tree)) return tree
  const { providers = {} } = tree
  if (!isMapping(providers)) return tree
  const both = Object.entries(measured).map(([name, own]) => {
    const given = providers[name] ?? {}
    return [name, isMapping(given) ? { ...withoutFields(own, given), ...given } : given] as const
  })
  return { ...(requests && { requests }), ...tree, providers: { ...providers, ...Object.fromEntries(both) } }
}

/** The measurements of a provider, without those of its models that the file replaces for all of them. */
function withoutFields(measured: object, given: object): object {
  const { models } = measured as { readonly models?: Readonly<Record<string, object>> }
  if (!models) return measured
  const entries = Object.entries(models).map(([name, fields]) => [
    name,
    Object.fromEntries(Object.entries(fields).filter(([field]) => !Object.hasOwn(given, field))),
  ])
  return { ...measured, models: Object.fromEntries(entries) as unknown }
}

/** Outages and slowdowns that end before they begin. */
function spanProblems({ providers }: Scenario, origins: Origins): Problem[] {
  return Object.entries(providers).flatMap(([name, provider]) =>
    (['outages', 'slowdowns'] as const).flatMap(kind =>
      provider[kind].flatMap(({ from, until }, index) =>
        from < until
          ? []
          : [
              origins.problem(
                ['providers', name, kind, index, 'until'],
                `must be after from (${from}), got ${until}`,
              ),
            ],
      ),
    ),
  )
}
