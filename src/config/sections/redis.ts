import { z } from 'zod'
import { seconds } from '../value-schemas.ts'

const address = z.url({ protocol: /^rediss?$/ }).meta({ expected: 'a redis or rediss URL' })

/** The namespace of servers that name none. */
export const defaultNamespace = 'hulumanage'

/** `redis`: the store that servers share. */
export const redis = z
  .strictObject({
    url: address.describe('Address of Redis, such as redis://localhost:6379/0; rediss:// uses TLS'),
    sentinels: z
      .array(address)
      .optional()
      .describe(
        'Addresses of sentinels, such as redis://sentinel-1:26379, which are asked for the master; the host in `url` is its name among them, as in redis://mymaster/0',
      ),
    cluster: z
      .boolean()
      .default(false)
      .describe('`url` is a node of a Redis Cluster, which names the others'),
    nodes: z
      .array(address)
      .default([])
      .describe('Further nodes of the cluster, asked when that of `url` is away'),
    password: z.string().optional().describe('Password, if it is not part of the URL; empty: none'),
    namespace: z
      .string()
      .regex(/^[\w.-]+$/)
      .meta({ expected: 'letters, digits, _, . and -' })
      .default(defaultNamespace)
      .describe(
        'Prefix of every key except those of the cache; servers with the same namespace share their state',
      ),
    timeout: seconds()
      .default(0.05)
      .describe('Seconds to wait for Redis before a server falls back to its own state'),
  })
  .superRefine(({ url, cluster, nodes, sentinels }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    if (cluster && sentinels) refuse('a cluster needs no sentinels; remove one of the two')
    if (!cluster && nodes.length > 0) refuse('only a cluster has nodes; add cluster: true')
    if (cluster && !/^[^/]*\/\/[^/]*\/?0?$/.test(url))
      refuse('a cluster has only database 0; leave it out of url')
  })
