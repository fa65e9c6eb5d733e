import type { FastifyInstance } from 'fastify'
import { addRoute } from './route.ts'

const access = { audience: 'operator' as const }

/** Adds `GET /steps` and `GET /config`: what is loaded and configured. The code that answers is loaded for the first request. */
export function addInspectionRoutes(app: FastifyInstance): void {
  addRoute(
    app,
    'GET',
    '/steps',
    async () => {
      const { reportSteps } = await import('../../registry/steps-report.ts')
      const failed = app.failedFiles.map(({ file, error }) => ({
        file,
        code: error.code,
        message: error.message,
      }))
      return { object: 'list', data: reportSteps(app.steps, app.currentConfig.value), failed }
    },
    access,
  )
  addRoute(
    app,
    'GET',
    '/config',
    async () => {
      const { describeConfig } = await import('../../config/load/described.ts')
      return describeConfig(app.currentConfig.value)
    },
    access,
  )
}
