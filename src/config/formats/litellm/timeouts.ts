import type { ForeignMapping } from '../foreign-mapping.ts'

/** Converts the time limits of a call. That of the router has precedence. */
export function convertTimeouts(
  router: ForeignMapping | undefined,
  settings: ForeignMapping | undefined,
): void {
  settings?.move('request_timeout', ['timeouts', 'request'])
  router?.move('timeout', ['timeouts', 'request'])
  router?.move('stream_timeout', ['timeouts', 'first_token'])
  if (router?.get('timeout') !== undefined)
    settings?.omit('request_timeout', 'router_settings.timeout takes precedence', 'nothing')
}
