import { withCost } from '../../chat/cost.ts'
import type { CostMode } from '../../chat/cost.ts'
import type { MeterReading } from '../../contract/index.ts'

const usage = /"usage":\s*\{/
/** The events after which no content comes: of chat completions, of Messages and of Responses. */
const last = /"choices":\s*\[\s*\]|"type":\s*"(?:message_delta|response\.(?:completed|incomplete))"/
/** Services that send usage in the chunk that ends the only choice. */
const lastOfOne = /"finish_reason":\s*"/

/**
 * Relays the frames of a stream, and holds back those from the last usage on: the cost is known when the stream has ended.
 * Quotes inside of texts are escaped, so that no text looks like a field.
 */
export class HeldFrames {
  readonly #isSingle: boolean
  readonly #mode: CostMode
  #held = ''

  /** `choices`: the choices of the answer; while others are written, the end of one holds nothing back. */
  constructor(choices: number, mode: CostMode) {
    this.#mode = mode
    this.#isSingle = choices <= 1
  }

  /** Returns the frames that may be sent now. */
  pass(frames: string): string {
    if (this.#held === '' && !this.#isEnd(frames)) return frames
    this.#held += frames
    return ''
  }

  #isEnd(frames: string): boolean {
    return usage.test(frames) && (last.test(frames) || (this.#isSingle && lastOfOne.test(frames)))
  }

  /** Returns the frames held back, with the cost in the last usage. */
  end(meter: Pick<MeterReading, 'attempts' | 'cost'>): string {
    const frames = this.#held.split(/(?<=\n\r?\n)/)
    const at = frames.findLastIndex(frame => usage.test(frame))
    if (at < 0) return this.#held
    return frames
      .with(
        at,
        frames[at]!.replace(/^data: ?(.*)$/m, (line, json: string) =>
          costLine(line, json, meter, this.#mode),
        ),
      )
      .join('')
  }
}

function costLine(
  line: string,
  json: string,
  meter: Pick<MeterReading, 'attempts' | 'cost'>,
  mode: CostMode,
): string {
  try {
    return `data: ${JSON.stringify(withCost(JSON.parse(json) as object, meter, mode))}`
  } catch {
    // Data over several lines: the client gets it as the service has sent it.
    return line
  }
}

/** The bytes of a whole answer with the cost in its usage. */
export function bytesWithCost(
  body: Uint8Array,
  meter: Pick<MeterReading, 'attempts' | 'cost'>,
  mode: CostMode,
): Uint8Array {
  const answer = JSON.parse(Buffer.from(body).toString('utf8')) as object
  return Buffer.from(JSON.stringify(withCost(answer, meter, mode)))
}
