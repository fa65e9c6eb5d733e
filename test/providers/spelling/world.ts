import type { Test } from 'tap'
import { providerKey } from '../../clients/leaks.ts'
import { serve } from '../../clients/serve.ts'
import { strictProvider } from '../../strict/index.ts'
import type { Service, StrictProvider } from '../../strict/index.ts'
import type { Script } from '../../fake-provider.ts'

/** A server over one provider that judges its requests. */
export interface World {
  readonly provider: StrictProvider
  post: (path: string, body: object, headers?: Readonly<Record<string, string>>) => Promise<Answered>
  /** The JSON at a path of the server. */
  get: (path: string) => Promise<unknown>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/**
 * Starts the whole server over a provider that refuses what the service would; `entry` adds to its configuration, and `more`
 * are further providers.
 */
export async function world(
  t: Test,
  service: Service,
  entry: object = {},
  script?: Script,
  more: readonly object[] = [],
): Promise<World> {
  const provider = await strictProvider(t, service, script)
  const own = { name: 'only', base_url: provider.url, api_key: providerKey(0), ...entry }
  const config = { routing: { health_check: { enabled: false } }, providers: [own, ...more] }
  const url = await serve(t, JSON.stringify(config))
  return {
    provider,
    get: async path => (await fetch(`${url}${path}`)).json(),
    post: async (path, body, headers = {}) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
  }
}
