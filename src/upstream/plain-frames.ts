/** Whole events with one line of JSON each, as nearly every provider frames them. */
const framed = /(?:data: ?\{"[^\n\r]*\}\n\n)+/y

/** A value other than null for one of the fields that mean more than text. A quote inside of a text has a backslash. */
const telling = /"(?:usage|error|finish_reason)"\s*:\s*[^\sn]|"object"\s*:\s*"error"/

/** The first event, if it is whole and all on one line. */
export function firstEvent(text: string): { readonly data: string; readonly length: number } | undefined {
  const end = text.indexOf('\n\n')
  if (end === -1 || !text.startsWith('data:')) return undefined
  const line = text.slice(text.charCodeAt(5) === 0x20 ? 6 : 5, end)
  return line.includes('\n') || line.includes('\r') ? undefined : { data: line, length: end + 2 }
}

/** Whether an event may be passed on unparsed: an object that tells no end, no usage and no error. */
export function isPlain(data: string): boolean {
  return data.startsWith('{"') && data.endsWith('}') && !telling.test(data)
}

/** The `usage: null` that a chunk has where usage comes at the end of its stream. */
const emptyUsage = /,\s*"usage"\s*:\s*null/g

/** All plain events at the start of `text`, frames and all; may be empty. Time is linear in the length. */
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
  return frames.replaceAll(emptyUsage, '')
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
