import type { Exchange as Served } from '../../fake-provider.ts'
import type { Answer } from '../exchange.ts'

/** Puts an answer on the wire, packet by packet. */
export async function play(exchange: Served, answer: Answer): Promise<void> {
  const body = Buffer.from(answer.pieces.join(''), 'latin1')
  await exchange.raw(Buffer.from(`${answer.head}${framingLines(answer, body.length)}\r\n`, 'latin1'))
  for (const packet of packetsOf(answer)) await exchange.raw(framed(answer, packet))
  if (answer.framing === 'chunked' && answer.end === 'keep') await exchange.raw('0\r\n\r\n')
  if (answer.end === 'reset') exchange.reset()
  else if (answer.end === 'fin' || answer.framing === 'close') exchange.close()
}

function framingLines({ framing, end }: Answer, length: number): string {
  switch (framing) {
    case 'length':
      return `content-length: ${length}\r\n`
    case 'chunked':
      return 'transfer-encoding: chunked\r\n'
    default:
      return end === 'keep' ? '' : 'connection: close\r\n'
  }
}

function packetsOf({ pieces, packets }: Answer): Buffer[] {
  const parts = pieces.filter(piece => piece !== '')
  if (packets.length === 0) return parts.map(piece => Buffer.from(piece, 'latin1'))
  const bytes = Buffer.from(parts.join(''), 'latin1')
  // Thousands of tiny packets would find no more than hundreds.
  const least = Math.ceil(bytes.length / 300)
  const cut: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(least, packets[turn % packets.length]!)
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return cut
}

function framed({ framing }: Answer, packet: Buffer): Buffer {
  if (framing !== 'chunked') return packet
  return Buffer.concat([Buffer.from(`${packet.length.toString(16)}\r\n`), packet, Buffer.from('\r\n')])
}
