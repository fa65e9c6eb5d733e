/** Whole events with one line of JSON each, as nearly every provider frames them. */
const framed = /(?:data: ?\{"[^\n\r]*\}\n\n)+/y

/** A value other than null for one of the fields that mean more than text. A quote inside of a text has a backslash. */
const telling = /"(?:usage|error|finish_reason)"\s*:\s*[^\sn]|"object"\s*:\s*"error"/

/** The `usage: null` that a chunk has where usage comes at the end of its stream. */
const emptyUsage = /,\s*"usage"\s*:\s*null/g

/**
 * The events at the start of `text` that may be passed on unparsed, frames and all: objects that tell no end, no usage
 * and no error. Empty where the first event is not of that kind or not whole. Time is linear in the length.
 */
export function plainFrames(text: string): string {
  framed.lastIndex = 0
  const frames = framed.exec(text)?.[0] ?? ''
  const told = frames.search(telling)
  if (told === -1) return frames
  const before = frames.lastIndexOf('\n\n', told)
  return before === -1 ? '' : frames.slice(0, before + 2)
}

/** Takes empty usage out of frames. */
export function withoutEmptyUsage(frames: string): string {
  return frames.includes('"usage"') ? frames.replaceAll(emptyUsage, '') : frames
}

/** The data of each event. */
export function dataOfFrames(frames: string): string[] {
  return frames
    .split('\n\n')
    .slice(0, -1)
    .map(frame => frame.slice(frame.indexOf('{')))
}

/** How many events there are. */
export function countFrames(frames: string): number {
  let count = 0
  for (let end = frames.indexOf('\n\n'); end !== -1; end = frames.indexOf('\n\n', end + 2)) count++
  return count
}
