/** Whole events, frames and all. */
export interface Frames {
  readonly text: string
  readonly count: number
  /** Characters that the model has written in them, about. */
  readonly characters: number
  /** Whether usage is mentioned, as null. */
  readonly namesUsage: boolean
}

/** The first event from `from` on, if it is whole and all on one line, and where it ends. */
export function firstEvent(
  text: string,
  from: number,
): { readonly data: string; readonly end: number } | undefined {
  const end = text.indexOf('\n\n', from)
  if (end === -1 || !text.startsWith('data:', from)) return undefined
  const line = text.slice(from + (text.charCodeAt(from + 5) === 0x20 ? 6 : 5), end)
  return line.includes('\n') || line.includes('\r') ? undefined : { data: line, end: end + 2 }
}

/** The `usage: null` that a chunk has if usage comes at the end of its stream. */
const emptyUsage = /,\s*"usage"\s*:\s*null/g

/** Takes empty usage out of frames. */
export function withoutEmptyUsage({ text, namesUsage }: Frames): string {
  return namesUsage ? text.replaceAll(emptyUsage, '') : text
}

/** The data of each event. */
export function dataOfFrames(frames: string): string[] {
  return frames
    .split('\n\n')
    .slice(0, -1)
    .map(frame => frame.slice(frame.indexOf('{')))
}
