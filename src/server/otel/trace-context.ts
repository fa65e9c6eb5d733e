import { randomBytes } from 'node:crypto'

/** The place of a request in a trace, as W3C Trace Context defines it. */
export interface TraceContext {
  readonly traceId: string
  /** The span of the request itself. */
  readonly spanId: string
  /** The client's span, if it sent one. */
  readonly parentId: string | undefined
  readonly sampled: boolean
  /** The header for calls to providers: their spans are children of the request's. */
  readonly traceparent: string
}

/** Version, trace id, parent id and flags. A later version may have more fields. */
const pattern = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/
const sampledFlag = 1
/** Characters of a header of the first version. */
const headerLength = 55

/** Takes over the trace of a client's `traceparent`, or begins one. `sample`: whether a new trace is recorded. */
export function traceContextOf(header: unknown, sample: () => boolean): TraceContext {
  const [, version, traceId, parentId, flags] = (typeof header === 'string' && pattern.exec(header)) || []
  if (traceId === undefined || (version === '00' && (header as string).length !== headerLength))
    return placeIn(randomBytes(16).toString('hex'), undefined, sample())
  return placeIn(traceId, parentId, (Number.parseInt(flags!, 16) & sampledFlag) === sampledFlag)
}

function placeIn(traceId: string, parentId: string | undefined, sampled: boolean): TraceContext {
  const spanId = newSpanId()
  const traceparent = `00-${traceId}-${spanId}-0${sampled ? sampledFlag : 0}`
  return { traceId, spanId, parentId, sampled, traceparent }
}

/** A random id of a span. */
export function newSpanId(): string {
  return randomBytes(8).toString('hex')
}
