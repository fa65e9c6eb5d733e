import type { LoadedConfig } from '../../config/load/load.ts'
import type { Path, Problem } from '../../config/problems.ts'
import { configSchema } from '../../config/schema.ts'

/** A warning for each time limit of a call that is set to more than that of the whole request, which ends the call first. */
export function unreachableTimeouts({ config, draft }: LoadedConfig): Problem[] {
  const { timeouts, providers, queue, pass_through: passed } = config
  const usual = configSchema.parse({})
  const limits: readonly (readonly [path: Path, seconds: number | undefined])[] = [
    [['timeouts', 'request'], timeouts.request],
    [['timeouts', 'first_token'], timeouts.first_token],
    [['timeouts', 'connect'], unless(usual.timeouts.connect, timeouts.connect)],
    [['timeouts', 'idle'], unless(usual.timeouts.idle, timeouts.idle)],
    [['queue', 'timeout'], unless(usual.queue.timeout, queue.timeout)],
    [['pass_through', 'timeout'], unless(usual.pass_through.timeout, passed.timeout)],
    ...providers.map(({ timeout }, index) => [['providers', index, 'timeout'], timeout] as const),
  ]
  return limits
    .filter(([, seconds]) => seconds !== undefined && seconds > timeouts.total)
    .map(([path]) =>
      draft.origins.problem(
        path,
        `has no effect beyond timeouts.total (${timeouts.total} s), which limits the whole request`,
        'raise timeouts.total, with time for a failover',
      ),
    )
}

/** A value that differs from the default, which nobody has to change for a shorter request. */
function unless(usual: number, seconds: number): number | undefined {
  return seconds === usual ? undefined : seconds
}
