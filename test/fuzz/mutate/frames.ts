import type { Random } from '../random.ts'
import type { StreamEvent } from '../upstream/template.ts'
import { jsonText } from './values.ts'

/** How a service writes its events. */
interface Style {
  readonly lineEnd: string
  readonly space: string
  readonly comments: boolean
  readonly severalLines: boolean
}

/** Events as bytes, each a piece; now and then in a legal but rare style. */
export function framesOf(random: Random, events: readonly StreamEvent[]): string[] {
  const style: Style = {
    lineEnd: random.weighted([
      [20, '\n'],
      [2, '\r\n'],
      [1, '\r'],
    ]),
    space: random.chance(0.05) ? '' : ' ',
    comments: random.chance(0.05),
    severalLines: random.chance(0.03),
  }
  const frames = events.map(event => frame(event, style))
  return random.chance(0.02) ? [`\u00ef\u00bb\u00bf${frames[0] ?? ''}`, ...frames.slice(1)] : frames
}

function frame({ name, data }: StreamEvent, { lineEnd, space, comments, severalLines }: Style): string {
  const text = severalLines && typeof data === 'object' ? JSON.stringify(data, undefined, 1) : jsonText(data)
  const lines = [
    ...(comments ? [`: keep-alive${lineEnd}`] : []),
    ...(name ? [`event:${space}${name}`] : []),
    ...text.split('\n').map(line => `data:${space}${line}`),
  ]
  return Buffer.from(`${lines.join(lineEnd)}${lineEnd}${lineEnd}`).toString('latin1')
}
