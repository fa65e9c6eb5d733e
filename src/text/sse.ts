/** The data of the event that ends a stream of chat chunks. */
export const doneData = '[DONE]'

/** The frame that ends a stream of chat chunks. */
export const doneFrame = frame(doneData)

/** A server-sent event with data of one line. */
export function frame(data: string): string {
  return `data: ${data}\n\n`
}
