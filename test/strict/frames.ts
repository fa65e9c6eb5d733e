/** Framed events of a stream. */
export type Frames = readonly string[]

/** A stream without the event at a position, or with others in its place. */
export function but(frames: Frames, place: number, ...instead: Frames): string {
  return frames.toSpliced(place, 1, ...instead).join('')
}

/** An event with fields of its data changed. */
export function changed(frame: string, fields: Readonly<Record<string, unknown>>): string {
  return frame.replace(
    /data: (.*)/,
    (_, data: string) => `data: ${JSON.stringify({ ...JSON.parse(data), ...fields })}`,
  )
}

/** The position of the first event of a type. */
export function placeOf(frames: Frames, type: string): number {
  return frames.findIndex(frame => frame.startsWith(`event: ${type}\n`))
}
