import type { Test } from 'tap'
import { serve } from '../../matrix/serve.ts'
import type { Served, ServeOptions } from '../../matrix/serve.ts'
import { canaries } from '../../matrix/serve.ts'
import type { Heard } from '../../matrix/client.ts'
import type { Script } from '../../fake-provider.ts'

/** The whole server with the cache on, over a provider for each script. */
export function serveCached(
  t: Test,
  scripts: readonly (Script | undefined)[] = [undefined],
  { config, ...rest }: ServeOptions = {},
): Promise<Served> {
  return serve(t, scripts, { ...rest, config: { ...config, cache: { enabled: true, ...config?.cache } } })
}

export function statusOf({ headers }: Pick<Heard, 'headers'>): unknown {
  return headers['x-hulumanage-cache']
}

export async function clear(server: Served): Promise<Response> {
  return await fetch(new URL('/cache', server.running.url), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${canaries.client}` },
  })
}
