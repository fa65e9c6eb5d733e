/** The data of the event that ends a stream of chat chunks. */
export const doneData = '[DONE]'

/** The frame that ends a stream of chat chunks. */
export const doneFrame = frame(doneData)

/** A server-sent event with data of one line. */
export function frame(data: string): string {
  return `data: ${data}\n\n`
}

/** A server-sent event with a name, and data of one line. */
export function namedFrame(name: string, data: string): string {
  return `event: ${name}\n${frame(data)}`
}

/**
 * A comment between events, in which line breaks become spaces. No empty line follows it: SDKs such as openai-go and
 * openai-python have read that as the end of an event without data, and failed on it.
 */
export function comment(text: string): string {
  return `: ${text.replace(/[\r\n]+/g, ' ')}\n`
}

/** Whether the data of an event is the end mark of a chat stream, in any spelling. */
export function isDone(data: string): boolean {
  return data === doneData || (data.length < 32 && data.trim().toUpperCase() === doneData)
}

/** The data of an event without a second `data:` in front of it, as a gateway writes it around what is framed already. */
export function innerData(data: string): string {
  return data.startsWith('data:') ? data.slice('data:'.length).trimStart() : data
}
