import { defineWrapper } from 'hulumanage/plugin'
import type { App } from 'hulumanage/plugin'
import { Tally } from './lib/tally.ts'

/** Counts answers by model, for `GET /tally`, in every chain with the step `tally`. */
export default async function status(app: App): Promise<void> {
  const tally = new Tally()

  app.steps.add(
    defineWrapper({
      name: 'tally',
      summary: 'Counts answers by model, for GET /tally',
      place: 'whole',
      wrap: next => async (request, call) => {
        const reply = await next(request, call)
        tally.add(reply.head.model)
        return reply
      },
    }),
  )
  app.get('/tally', async () => tally.counts())
}

/** The contract that this plugin was written for. */
status.api = 1
