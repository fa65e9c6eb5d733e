import { textOf } from '../../../src/plugin.ts'
import type { Message } from '../../../src/plugin.ts'

/** Maximum length of a greeting or of thanks, in characters. */
const longest = 32

const greeting =
  /^(?:hi|hello|hey|hallo|hola|bonjour|good (?:morning|afternoon|evening)|thanks|thank you|thx|ok(?:ay)?|danke|merci|gracias)(?:,? (?:there|all|everybody|everyone|again|a lot|so much|very much)){0,2}[\s.!]{0,4}$/i

/** Whether a message is nothing but a greeting or thanks. More words may be a task, and so may an image or a file. */
export function isGreeting(message: Message | undefined): boolean {
  const parts = Array.isArray(message?.content) ? message.content : []
  if (parts.some(({ text }) => text === undefined)) return false
  const text = textOf(message).trim()
  return text.length <= longest && greeting.test(text)
}
