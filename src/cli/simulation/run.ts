import type { FastifyInstance } from 'fastify'
import type { LoadedConfig } from '../../config/load/load.ts'
import { deepFreeze } from '../../contract/freeze.ts'
import type { Config } from '../../config/schema.ts'
import type { Runner } from '../../chain/run/runner.ts'
import type { ComposeOptions } from '../compose.ts'
import type { ChainRequest } from '../../chain/request.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Problem } from '../../config/problems.ts'
import { randomFrom } from '../../providers/simulated/random.ts'
import { withReplacedGlobals } from '../../simulation/clock/replaced-globals.ts'
import { VirtualTime } from '../../simulation/clock/virtual-time.ts'
import { reportOn } from '../../simulation/figures/report.ts'
import type { SimulationReport } from '../../simulation/figures/report.ts'
import { CountedLog } from '../../simulation/figures/warnings.ts'
import { RequestMaker } from '../../simulation/load/requests.ts'
import { scenarioProblems } from '../../simulation/scenario/check.ts'
import { scenarioError } from '../../simulation/scenario/read.ts'
import type { ReadScenario } from '../../simulation/scenario/read.ts'
import { simulate } from '../../simulation/simulate.ts'
import { describedKinds } from '../../simulation/upstream/described-kinds.ts'
import { createLoggerTo } from '../output/log/log.ts'
import { withSteps } from '../with-steps.ts'

const dayMs = 86_400_000

/** Scores in place of those of services, which are not called: drawn from the seed, without taking time. */
const drawScores: NonNullable<ComposeOptions['askScorer']> = ({ answers }) =>
  Promise.resolve(answers.map(() => Math.random()))

/**
 * Runs a scenario against a configuration: everything of a server but its clients, its clock, its shared store and the
 * services it calls. Throws one error with all problems of the scenario. While it runs, the clock and the timers of this
 * thread are virtual.
 */
export async function runSimulation(read: ReadScenario, loaded: LoadedConfig): Promise<SimulationReport> {
  const { scenario } = read
  const found = scenarioProblems(read, loaded.config)
  if (found.length > 0) throw scenarioError(found)
  const time = new VirtualTime()
  const lines = new CountedLog()
  let isTextual = false
  const options = {
    loaded,
    log: createLoggerTo(lines, 'warning'),
    adapt: inChatFormat,
    adaptKind: describedKinds(scenario, time.now, () => isTextual),
    askScorer: drawScores,
  }
  const replacements = {
    time,
    // Prices may depend on the time of day.
    startedAt: Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2,
    random: randomFrom(`${scenario.seed} chance`),
  }
  return await withReplacedGlobals(replacements, () =>
    withSteps(options, async (app, { runner }) => {
      await app.ready()
      const config = app.currentConfig.value
      const makers = scenario.requests.map(kind => new RequestMaker(kind, readingOf(app)))
      isTextual = areTextual(runner, makers, read)
      const tally = await simulate(scenario, time, { runner, log: options.log, makers })
      return await reportOn({ scenario, config, tally, metrics: app.metrics, lines: lines.lines })
    }),
  )
}

/** Described providers speak chat completions. */
function inChatFormat(config: Config): Config {
  const providers = config.providers.map(({ api: _api, ...provider }) => provider)
  return deepFreeze({ ...config, providers })
}

function readingOf(app: FastifyInstance): ConstructorParameters<typeof RequestMaker>[1] {
  const { limits, model: defaultModel } = app.currentConfig.value
  const aliases = new Set(app.steps.values().flatMap(step => Object.keys(step.aliases ?? {})))
  return { aliases, limits, defaultModel }
}

/** Whether the chain of any request has an approach, which reads answers. Throws the problems of all chains. */
function areTextual(runner: Runner, makers: readonly RequestMaker[], { origins }: ReadScenario): boolean {
  const problems: Problem[] = []
  const plans = makers.map((maker, index) => {
    try {
      return runner.plan(firstOf(maker))
    } catch (error) {
      if (!(error instanceof HulumanageError)) throw error
      problems.push(origins.problem(['requests', index], error.message))
      return undefined
    }
  })
  if (problems.length > 0) throw scenarioError(problems)
  return plans.some(plan => plan?.steps.some(step => 'run' in step))
}

function firstOf(maker: RequestMaker): ChainRequest {
  return maker.make(() => 0)
}
