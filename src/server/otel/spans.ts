import type { CallRow } from '../../ledger/columns.ts'
import type { Content, TracedTexts } from './content.ts'
import { callAttributes, callName, failureOf, operationOf, requestAttributes } from './conventions.ts'
import type { RequestFacts } from './conventions.ts'
import { keyValues, nanoseconds } from './encoding.ts'
import type { KeyValue } from './encoding.ts'
import { newSpanId } from './trace-context.ts'
import type { TraceContext } from './trace-context.ts'

/** The work behind an answer. */
export interface TracedWork {
  /** In the order of their numbers. */
  readonly calls: readonly CallRow[]
  /** Before redaction; none unless traces have texts. */
  readonly texts: readonly TracedTexts[]
}

/** A request that has ended, to become a trace. */
export interface EndedTrace {
  readonly context: TraceContext
  readonly facts: RequestFacts
  /** Unix time in milliseconds. */
  readonly startedAt: number
  readonly endedAt: number
  /** The calls under it and their texts; read when the trace is sent. */
  readonly work: () => TracedWork
}

/** A span as OTLP writes it in JSON: ids in hexadecimal digits, 64-bit numbers as texts. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly KeyValue[]
  readonly status: { readonly code: number; readonly message?: string }
}

/** `SpanKind` and `StatusCode` of the protocol. */
const kinds = { internal: 1, server: 2, client: 3 }
const [unset, failed] = [0, 2]

/** The spans of a request and of the calls under it. `kindOf` returns the kind of service of a provider. */
export function spansOf(
  { context, facts, startedAt, endedAt }: EndedTrace,
  rows: readonly CallRow[],
  content: Content,
  kindOf: (provider: string) => string | undefined,
): Span[] {
  const { traceId, spanId, parentId } = context
  const operation = operationOf(facts.route)
  const ids: string[] = []
  const root: Span = {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name: `${facts.method} ${facts.route}`,
    kind: kinds.server,
    ...timesOf(startedAt, endedAt),
    attributes: keyValues({ ...requestAttributes(facts), ...content.get(null) }),
    // By the conventions, a mistake of a client is not an error of the server.
    status: facts.status >= 500 ? { code: failed, message: facts.error ?? '' } : { code: unset },
  }
  const withAttempts = new Set(rows.filter(({ kind }) => kind === 'attempt').map(({ parent }) => parent))
  const others = rows.map((row, index): Span => {
    const id = newSpanId()
    ids[index] = id
    const start = startedAt + Number(row.start_ms)
    const error = failureOf(row)
    const isSent = row.provider !== null && !withAttempts.has(row.n)
    return {
      traceId,
      spanId: id,
      parentSpanId: row.parent === null ? spanId : ids[Number(row.parent)]!,
      name: callName(row, operation),
      kind: isSent ? kinds.client : kinds.internal,
      ...timesOf(start, start + Number(row.ms)),
      attributes: keyValues({
        ...callAttributes(row, operation, row.provider === null ? undefined : kindOf(String(row.provider))),
        ...content.get(index),
      }),
      status: error === undefined ? { code: unset } : { code: failed, message: error },
    }
  })
  return [root, ...others]
}

function timesOf(start: number, end: number): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> {
  return { startTimeUnixNano: nanoseconds(start), endTimeUnixNano: nanoseconds(Math.max(start, end)) }
}
