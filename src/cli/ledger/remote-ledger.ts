import { z } from 'zod'
import { usageSums } from '../../ledger/ledger.ts'
import type { UsageGroup } from '../../ledger/ledger.ts'
import { groupsOf } from '../../server/ledger/show-usage.ts'
import type { ShownCall } from '../../server/ledger/shown-request.ts'
import { clip } from '../../text/clip.ts'
import type { LedgerReader, ShownRequest } from './ledger-reader.ts'
import { RemoteServer } from '../remote/remote-server.ts'

// The answers of a server, which may be another program. Names go to a terminal; other fields are for --json alone.
const name = z.string().transform(text => clip(text, 1_000))
const value = z.union([name, z.number(), z.null()])
const part = z.looseObject({
  role: name,
  text: z.string(),
  choice: z.number().exactOptional(),
  left_out: z.number().exactOptional(),
})
const texts = z.object({ prompt: z.array(part), answer: z.array(part) })
// A server of an older version may lack a kind: its tokens are unknown, not 0.
const kind = value.default(null)
const tokens = z
  .looseObject({
    prompt: value,
    completion: value,
    cached: kind,
    cache_write: kind,
    reasoning: kind,
    wasted: kind,
    estimated: z.boolean().exactOptional(),
  })
  .nullable()
const call = z.looseObject({
  path: value,
  start_ms: z.number(),
  ms: z.number(),
  outcome: value,
  provider: value.exactOptional(),
  model: value.exactOptional(),
  discarded: value.exactOptional(),
  tokens: tokens.exactOptional(),
  cost: z.number().exactOptional(),
  texts: texts.exactOptional(),
  get attempts() {
    return z.array(call).exactOptional()
  },
  get calls() {
    return z.array(call).exactOptional()
  },
})
const request = z.looseObject({
  id: name,
  at: name,
  ms: z.number(),
  status: value,
  error: value,
  chain: value,
  model: value,
  calls: z.number(),
  attempts: z.number(),
  tokens,
  cost: z.number().nullable(),
  wasted_cost: z.number().nullable(),
  texts: texts.exactOptional(),
  tree: z.array(call),
})
const group = name.nullable()
// A server of an older version may lack the younger sums: they are unknown, not 0.
const sum = z.number().nullable().default(null)
const sums = Object.fromEntries(usageSums.map(column => [column, sum])) as Record<
  (typeof usageSums)[number],
  typeof sum
>

/** Usage by these groups; other columns, as of a newer version, stay. */
function usageBy(groups: readonly UsageGroup[]) {
  const names = Object.fromEntries(groups.map(column => [column, group])) as Record<UsageGroup, typeof group>
  return z.object({ data: z.array(z.object({ ...names, ...sums, requests: z.number() }).catchall(value)) })
}

/** The ledger of a running server, through `/usage` and `/requests`. Errors are those of the server, in its words. */
export function remoteReader(address: string, key: string | undefined): LedgerReader {
  const server = new RemoteServer(address, key)
  return {
    usage: async query => {
      const groups = groupsOf(query['by'])
      const { data } = await server.call(
        usageBy(groups),
        'GET',
        `/usage?${new URLSearchParams(query).toString()}`,
      )
      return { groups, rows: data }
    },
    request: async (id, wantsTexts) => {
      const found = await server.call(request, 'GET', `/requests/${encodeURIComponent(id)}`)
      return wantsTexts ? found : withoutTexts(found)
    },
  }
}

/** A request, and the calls under it, without their prompts and answers. */
function withoutTexts({ texts: _texts, ...shown }: ShownRequest): ShownRequest {
  return { ...shown, tree: shown.tree.map(callWithoutTexts) }
}

function callWithoutTexts({ texts: _texts, ...call }: ShownCall): ShownCall {
  const { attempts, calls } = call
  return {
    ...call,
    ...(attempts && { attempts: attempts.map(callWithoutTexts) }),
    ...(calls && { calls: calls.map(callWithoutTexts) }),
  }
}
