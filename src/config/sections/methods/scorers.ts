import { z } from 'zod'
import { address, headerName, headerValue, key, seconds, stepName } from '../../value-schemas.ts'

/** A service that scores answers. */
const scoringService = z
  .strictObject({
    url: address().describe('Address that the answers are posted to'),
    api_key: key().optional().describe('Key sent to the service; `${NAME}` is read from the environment'),
    headers: z.record(headerName(), headerValue()).default({}).describe('Headers added to every call'),
    timeout: seconds().default(10).describe('Seconds to wait for the scores of one question'),
  })
  .describe('One scoring service')

/** `scorers`: services that score answers, by name. */
export const scorers = z.record(stepName(), scoringService)

/** A value of `scorers`. */
export type ScoringServiceConfig = z.output<typeof scoringService>
