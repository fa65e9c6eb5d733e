import { text } from 'node:stream/consumers'
import type { ChainRequest, Client, Outcome } from '../../chain/request.ts'
import { HulumanageError } from '../../contract/index.ts'
import { stepFlags } from '../../config/flags/step-flags.ts'
import type { Config } from '../../config/schema.ts'
import { AskProgress } from '../output/ask-progress.ts'
import { AskTrace } from '../output/ask-trace.ts'
import { print, printText } from '../output/print-answer.ts'
import { createFlagReader } from '../flag-reader.ts'
import { createLogger } from '../output/log/log.ts'
import { readArguments } from '../program.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'
import { logError } from '../../server/errors/error-handlers.ts'

/**
 * Answers one prompt as a server with this configuration would: streams the text to stdout, everything else to
 * stderr.
 */
export async function ask(invocation: Invocation, argv: readonly string[]): Promise<void> {
  if (invocation.values['server'] !== undefined) return await askServer(readArguments(argv, []))
  const { approach, json = false, trace: wantsTrace = false, key, ...flags } = invocation.values
  if (key !== undefined)
    throw new HulumanageError('invalid_value', '--key is for a server: name it with --server')
  const loaded = readConfig(flags)
  const log = createLogger(flags['log'] === undefined ? 'error' : loaded.config.monitoring.log_level)
  const options = { loaded, log, readFlags: createFlagReader(argv, invocation), adapt: withoutChecks }
  await withSteps(options, async (app, { runner }) => {
    const { model } = app.currentConfig.value
    if (model === undefined) throw noModel()
    // Only now is it known which words belong to flags of steps.
    const { arguments: words } = readArguments(argv, stepFlags(app.steps.values()))
    const prompt = await promptOf(words)
    await app.ready()
    const progress = new AskProgress(process.stderr)
    const request: ChainRequest = {
      request: { model, messages: [{ role: 'user', content: prompt }], stream: json !== true },
      own: { approach: approach as string | undefined, progress: true, trace: wantsTrace === true },
    }
    const trace = wantsTrace === true ? new AskTrace(process.stderr) : undefined
    const client: Client = {
      id: 'ask',
      log,
      controller: new AbortController(),
      note: words => progress.note(words),
      onAttempt: report => {
        progress.countAttempt(report)
        trace?.attempted(report)
      },
      record: trace,
    }
    const answer = async () => {
      try {
        const outcome = await runner.run(request, client)
        await (json === true ? printCompletion(outcome, progress) : printText(outcome.reply, progress))
        return { outcome, usage: (await outcome.reply.done).usage }
      } catch (error) {
        if (error instanceof HulumanageError && error.code === 'step_failed') logError(error, client)
        throw error
      }
    }
    const showsTrace = trace !== undefined && json !== true
    const { outcome, usage } = await (showsTrace ? withTrace(answer(), trace, progress) : answer())
    progress.finish(outcome, usage)
  })
}

/** Has a running server answer, without loading what it takes to answer here. */
async function askServer({ arguments: words, values }: Invocation): Promise<void> {
  const { askRemotely } = await import('./ask-server.ts')
  await askRemotely(await promptOf(words), values)
}

/** The result of `work`, once the calls behind it are printed; they also show why there is no answer. */
async function withTrace<T>(work: Promise<T>, trace: AskTrace, progress: AskProgress): Promise<T> {
  try {
    return await work
  } finally {
    progress.clear()
    await trace.print()
  }
}

/** Disables health checks: one prompt is answered before they could find an unhealthy provider. */
function withoutChecks(config: Config): Config {
  const { routing } = config
  return { ...config, routing: { ...routing, health_check: { ...routing.health_check, enabled: false } } }
}

function noModel(): HulumanageError {
  return new HulumanageError(
    'invalid_value',
    'no model to call: name one with --model, or set model in the configuration',
  )
}

/** The words of the command line as one text, or the text on standard input. */
async function promptOf(words: readonly string[]): Promise<string> {
  const given = words.join(' ')
  const prompt = given === '-' ? await text(process.stdin) : given
  if (prompt.trim() !== '') return prompt
  throw new HulumanageError(
    'invalid_value',
    'the prompt is empty; write it after ask, or pass - to read it from standard input',
  )
}

async function printCompletion({ reply, trace }: Outcome, progress: AskProgress): Promise<void> {
  const completion = await reply.completion()
  progress.clear()
  await reply.done
  const shown = trace ? { ...completion, hulumanage_trace: trace.records() } : completion
  await print(`${JSON.stringify(shown, undefined, 2)}\n`)
}
