import { z } from 'zod'
import { seconds } from '../value-schemas.ts'

/** The settings of the streams that clients get. */
export const streams = {
  stream_commit: seconds()
    .default(10)
    .describe('Seconds without content after which a stream is started with comments'),
  stream_failure: z
    .enum(['break', 'event'])
    .default('break')
    .describe(
      'How a stream ends that fails after it has begun: `break` closes the connection in the middle, which clients retry; ' +
        '`event` sends an error event. Failures that a retry cannot fix are always an event',
    ),
  stream_usage: z
    .enum(['asked', 'always'])
    .default('asked')
    .describe(
      "When a stream of chat or text completions reports its usage: if `stream_options` ask for it, as at OpenAI's API, or " +
        'unless they refuse it, as at services whose clients never ask',
    ),
  heartbeat: seconds().default(10).describe('Seconds between the comments that keep a waiting stream alive'),
}
