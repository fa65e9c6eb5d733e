import type { ClientLimit } from '../../config/sections/clients/client-limit.ts'

/** The limit that holds for a request, and the group of endpoints whose requests count against it. */
export interface EndpointLimit {
  readonly group: string
  readonly requests: number
  /** Seconds. */
  readonly window: number
}

/** The limit for a request to `url`, which has matched `route`; undefined without one. */
export function limitOf(limit: ClientLimit, route: string, url: string): EndpointLimit | undefined {
  const { requests, window, endpoints = {} } = limit
  const paths = Object.keys(endpoints)
  let group = groupOf(route)
  let nearest = nearestAbove(group, paths)
  if (route.endsWith('*')) {
    // A route for many endpoints is one group, apart from those that have a limit of their own.
    const single = nearestAbove(pathOf(url), paths) ?? nearest
    if (single !== nearest) group = `/${single}`
    nearest = single
  }
  const counted = { group: group || '/v1', window }
  if (nearest === undefined) return requests === undefined ? undefined : { ...counted, requests }
  const own = endpoints[nearest]!
  if (typeof own === 'number') return { ...counted, requests: own }
  return { ...counted, requests: own.requests, window: own.window ?? window }
}

/** A group is a path after any `/v1`, and everything below it by id. All unknown paths are one, with an empty name. */
function groupOf(route: string): string {
  return withoutVersion(route).replace(/\/[:*].*$/, '')
}

/** The longest of the paths that is `path` itself, or above it, in any case. */
function nearestAbove(path: string, paths: readonly string[]): string | undefined {
  const below = `${path}/`.toLowerCase()
  let nearest: string | undefined
  for (const above of paths) {
    if (below.startsWith(`/${above.toLowerCase()}/`) && above.length > (nearest?.length ?? 0)) nearest = above
  }
  return nearest
}

/**
 * The path of a URL below `/v1` as its provider reads it, so that another spelling does not evade a limit. The router has
 * refused malformed escapes in a path, and reads none in a query or a fragment.
 */
function pathOf(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1)
  return withoutVersion(decodeURIComponent(path).replaceAll(/\/{2,}/g, '/'))
}

function withoutVersion(path: string): string {
  return path.replace(/^(?:\/v1)+(?=\/)/i, '')
}
