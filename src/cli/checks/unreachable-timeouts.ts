import type { LoadedConfig } from '../../config/load/load.ts'
import type { Path, Problem } from '../../config/problems.ts'

/** A warning for each time limit of a call that is longer than that of the whole request, which ends the call first. */
export function unreachableTimeouts({ config, draft }: LoadedConfig): Problem[] {
  const { timeouts, providers } = config
  const limits: readonly (readonly [path: Path, seconds: number | undefined])[] = [
    [['timeouts', 'request'], timeouts.request],
    [['timeouts', 'first_token'], timeouts.first_token],
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
