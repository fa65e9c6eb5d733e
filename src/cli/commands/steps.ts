import { pino } from 'pino'
import type { FailedFile } from '../../registry/load.ts'
import type { Invocation } from '../program.ts'
import { readConfig } from '../read-config.ts'
import { reportSteps } from '../../registry/steps-report.ts'
import { renderSteps } from '../output/steps-report.ts'
import { withSteps } from '../with-steps.ts'

/** Lists the loaded steps, and the plugin files that failed to load and why. */
export async function steps({ values: { json = false, ...flags } }: Invocation): Promise<void> {
  const log = pino({ level: 'silent' })
  const { reports, failed } = await withSteps(
    { loaded: readConfig(flags), log },
    async (app, { report }) => ({
      reports: reportSteps(app.steps, app.currentConfig.value),
      failed: report.failed.map(describeFailure),
    }),
  )
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ steps: reports, failed }, undefined, 2)}\n`)
    return
  }
  const lost = failed.map(({ code, message }) => `${code}: ${message}\n`).join('')
  process.stdout.write(`${renderSteps(reports)}${lost === '' ? '' : `\nNot loaded:\n${lost}`}`)
}

function describeFailure({ file, error }: FailedFile) {
  return { file, code: error.code, message: error.message }
}
