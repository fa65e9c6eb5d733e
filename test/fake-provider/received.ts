/** The parts of a request as its bytes gave them. */
export interface ParsedRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case; of a repeated header the last one. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What a caller asked of a fake provider, and what became of it. */
export interface ReceivedRequest extends ParsedRequest {
  /** The JSON body; empty where there was none. */
  readonly body: Readonly<Record<string, unknown>>
  /** Grows over all fake providers of the process: who was asked first. */
  readonly order: number
  /** Number of the connection it came over, from 1: tells whether one was used again. */
  readonly connection: number
  /** Resolves when the script has run and its bytes have left. */
  readonly answered: Promise<void>
  /** Resolves when the caller closes the connection before the answer is complete. */
  readonly aborted: Promise<void>
  /** Resolves when the connection has closed, whoever closed it. */
  readonly closed: Promise<void>
}

/** Takes one request off the front of what has been received; undefined until it is there as a whole. */
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
  return { request: { method, path, headers, text: body.text }, rest: body.rest }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

type Body = { readonly text: string; readonly rest: Buffer } | undefined

function takeLength(bytes: Buffer, headers: Readonly<Record<string, string>>): Body {
  const length = Number(headers['content-length'] ?? 0)
  if (bytes.length < length) return undefined
  return { text: bytes.subarray(0, length).toString('utf8'), rest: bytes.subarray(length) }
}

function takeChunked(bytes: Buffer): Body {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const start = lineEnd + 2
    if (bytes.length < start + size + 2) return undefined
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), rest: bytes.subarray(start + 2) }
    parts.push(bytes.subarray(start, start + size))
    at = start + size + 2
  }
}

/** A JSON object, or an empty one where the text is something else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
