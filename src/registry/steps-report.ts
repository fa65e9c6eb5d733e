import { isWrapper } from '../contract/index.ts'
import type { Cost, ParamsOf, Step } from '../contract/index.ts'
import type { Config } from '../config/schema.ts'
import { describeExpected, jsonSchemaOf } from '../config/expectation.ts'
import type { Flag } from '../config/flags/flags.ts'
import { stepFlags } from '../config/flags/step-flags.ts'
import type { StepRegistry } from './host.ts'

/** The description of one step in `hulumanage steps` and `GET /steps`. */
export interface StepReport {
  readonly name: string
  readonly kind: 'approach' | 'wrapper'
  /** The position of a wrapper: below all approaches, or around the whole chain. */
  readonly place?: 'leaf' | 'whole'
  readonly summary: string
  readonly paper?: string
  /** Its maximum cost for one answer with the params of the configuration. */
  readonly cost?: Cost
  readonly params: readonly ParamReport[]
  /** The file or package that registered it. */
  readonly origin: string
}

/** The description of one param. */
export interface ParamReport {
  readonly name: string
  readonly expected: string
  /** The value set in the configuration, else the step's own default. */
  readonly default: unknown
  readonly help: string
  /** The flag that sets it, if there is one. */
  readonly flag?: string
}

/** Describes every loaded step, by name. */
export function reportSteps(steps: StepRegistry, config: Config): StepReport[] {
  const flags = stepFlags(steps.values())
  const valuesOf: ParamsOf = step => step.params?.parse(config.steps[step.name] ?? {}) ?? {}
  return steps.values().map(step => {
    const origin = steps.originOf(step.name) ?? ''
    return reportStep(step, origin, valuesOf, reportParams(step, valuesOf(step), flags))
  })
}

function reportParams(
  step: Step,
  values: Readonly<Record<string, unknown>>,
  flags: readonly Flag[],
): ParamReport[] {
  const properties = step.params ? (jsonSchemaOf(step.params).properties ?? {}) : {}
  return Object.entries(properties).map(([name, schema]) => {
    const flag = flags.find(({ path }) => path?.join('.') === `steps.${step.name}.${name}`)?.name
    const help = schema.description ?? ''
    const report = { name, expected: describeExpected(schema), default: values[name], help }
    return flag === undefined ? report : { ...report, flag: `--${flag}` }
  })
}

function reportStep(
  step: Step,
  origin: string,
  valuesOf: ParamsOf,
  params: readonly ParamReport[],
): StepReport {
  const { name, summary } = step
  if (isWrapper(step)) return { name, kind: 'wrapper', place: step.place, summary, params, origin }
  return {
    name,
    kind: 'approach',
    summary,
    ...(step.paper === undefined ? {} : { paper: step.paper }),
    ...(step.cost ? { cost: step.cost(valuesOf(step), 1, valuesOf) } : {}),
    params,
    origin,
  }
}
