import { pino } from 'pino'
import { insteadOf } from '../../chain/plan/optillm-names.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { FailedFile } from '../../registry/load.ts'
import { clip } from '../../text/clip.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import type { Invocation } from '../program.ts'
import { readWithoutKeys } from '../read-config.ts'
import { reportSteps } from '../../registry/steps-report.ts'
import type { StepReport } from '../../registry/steps-report.ts'
import { renderStep, renderSteps } from '../output/steps-report.ts'
import { withSteps } from '../with-steps.ts'

/** Lists the loaded steps, or describes one with its params; and the plugin files that failed to load and why. */
export async function steps({
  arguments: [name],
  values: { json = false, ...flags },
}: Invocation): Promise<void> {
  const log = pino({ level: 'silent' })
  const { all, failed, isBroken } = await withSteps(
    { loaded: readWithoutKeys(flags), log },
    async (app, { report }) => ({
      all: reportSteps(app.steps, app.currentConfig.value),
      failed: report.failed.map(describeFailure),
      isBroken: name !== undefined && app.steps.isBroken(name),
    }),
  )
  const lost = failed.map(({ code, message }) => `${code}: ${message}\n`).join('')
  const which = failed.length === 1 ? 'its file did not load' : 'its file is one of those that did not load'
  const reason = isBroken ? `${which}:\n${lost.trimEnd()}` : undefined
  const one = name === undefined ? undefined : stepCalled(name, all, reason)
  if (json === true) {
    const reports = one ? [one] : all
    process.stdout.write(`${JSON.stringify({ steps: reports, failed }, undefined, 2)}\n`)
    return
  }
  const description = one ? renderStep(one) : renderSteps(all)
  process.stdout.write(`${description}${lost === '' ? '' : `\nNot loaded:\n${lost}`}`)
}

/** `reason`: why the step is missing, if it is and that is known. */
function stepCalled(name: string, all: readonly StepReport[], reason: string | undefined): StepReport {
  const found = all.find(step => step.name === name)
  if (found) return found
  const hint =
    reason ??
    insteadOf(name) ??
    didYouMean(
      name,
      all.map(step => step.name),
    ) ??
    '`hulumanage steps` lists all'
  throw new HulumanageError('unknown_approach', `No step is called "${clip(name)}"; ${hint}`)
}

function describeFailure({ file, error }: FailedFile) {
  return { file, code: error.code, message: error.message }
}
