/** The parts of a request, as parsed from its bytes. */
export interface ParsedRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case; the last value of a repeated header. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body before it was decoded. */
  readonly bytes: Buffer
}

/** A request that a fake provider received, and its outcome. */
export interface ReceivedRequest extends ParsedRequest {
  /** The JSON body; empty if there was none. */
  readonly body: Readonly<Record<string, unknown>>
  /** Increases across all fake providers of the process: it shows which was called first. */
  readonly order: number
  /** The number of its connection, from 1: it shows whether one was reused. */
  readonly connection: number
  /** Resolves when the script has run and its bytes have left. */
  readonly answered: Promise<void>
  /** Resolves when the caller closes the connection before the answer is complete. */
  readonly aborted: Promise<void>
  /** Resolves when the connection has closed, from either side. */
  readonly closed: Promise<void>
}

/** Takes one request off the front of the received bytes; undefined until it is complete. */
export function takeRequest(
  bytes: Buffer,
): { readonly request: ParsedRequest; readonly rest: Buffer } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [requestLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n')
  const [method = '', path = ''] = requestLine.split(' ')
  const headers = Object.fromEntries(lines.map(headerOf))
  const after = bytes.subarray(headEnd + 4)
  const body = headers['transfer-encoding'] === 'chunked' ? takeChunked(after) : takeLength(after, headers)
  if (!body) return undefined
  const { bytes: sent, rest } = body
  return { request: { method, path, headers, bytes: sent, text: sent.toString('utf8') }, rest }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

type Body = { readonly bytes: Buffer; readonly rest: Buffer } | undefined

function takeLength(bytes: Buffer, headers: Readonly<Record<string, string>>): Body {
  const length = Number(headers['content-length'] ?? 0)
  if (bytes.length < length) return undefined
  return { bytes: bytes.subarray(0, length), rest: bytes.subarray(length) }
}

function takeChunked(bytes: Buffer): Body {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (bytes.length < start + size + 2) return undefined
    if (size === 0) return { bytes: Buffer.concat(parts), rest: bytes.subarray(start + 2) }
    parts.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}

/** Parses a JSON object; returns an empty one if the text is anything else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
