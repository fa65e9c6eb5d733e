import { createBrotliDecompress, createUnzip, createZstdDecompress } from 'node:zlib'
import type { Transform } from 'node:stream'

/** Receives what a decoder makes of a body. */
export interface DecoderSink {
  readonly onBytes: (bytes: Buffer) => void
  readonly onEnd: () => void
  /** A write had returned false; more may be written now. */
  readonly onDrain: () => void
  /** The bytes are not what their coding says. */
  readonly onError: (error: Error) => void
}

/**
 * Undoes a content coding as the bytes arrive, for services that encode although no coding was asked for. Undefined for
 * codings that are not known. The sink counts what comes out; `destroy` ends it early.
 */
export function createDecoder(coding: string, sink: DecoderSink): Transform | undefined {
  const decoder = decoderOf(coding)
  decoder?.on('data', sink.onBytes)
  decoder?.on('end', sink.onEnd)
  decoder?.on('drain', sink.onDrain)
  decoder?.on('error', sink.onError)
  return decoder
}

function decoderOf(coding: string): Transform | undefined {
  if (coding === 'br') return createBrotliDecompress()
  if (coding === 'zstd') return createZstdDecompress()
  return /^(?:x-gzip|gzip|deflate)$/.test(coding) ? createUnzip() : undefined
}
