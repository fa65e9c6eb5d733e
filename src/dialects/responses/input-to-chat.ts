import type { ContentPart, Message } from '../../contract/index.ts'
import { check, refused } from '../check.ts'
import {
  callItem,
  filePartSchema,
  imagePartSchema,
  messageItem,
  refusalPartSchema,
  resultItem,
  textPartSchema,
} from './schema.ts'
import type { ResponsesBody } from './schema.ts'
import { imagePart, textPart, toolCall, Turns } from '../turns.ts'

type Item = Exclude<ResponsesBody['input'], string>[number]

/** The input of a response as the conversation of a chat. Reasoning of earlier turns is left out. */
export function inputToChat({ input, instructions }: ResponsesBody): readonly Message[] {
  const turns = new Turns()
  if (instructions) turns.system(instructions)
  if (typeof input === 'string') turns.user([textPart(input)])
  else for (const [index, item] of input.entries()) addItem(turns, item, `input[${index}]`)
  return turns.messages
}

function addItem(turns: Turns, item: Item, at: string): void {
  switch (item.type ?? 'message') {
    case 'message':
      return addMessage(turns, item, at)
    case 'function_call': {
      const { call_id: id, name, arguments: args } = check(callItem, item, at)
      return turns.assistant([], [toolCall(id, name, args)])
    }
    case 'function_call_output': {
      const { call_id: id, output } = check(resultItem, item, at)
      return turns.result(id, partsOf(output, `${at}.output`))
    }
    case 'reasoning':
      return
    case 'item_reference':
      throw refused(at, 'this server keeps no items; send the item itself')
    default:
      throw refused(`${at}.type`, `items of type "${item.type}" are not supported here`)
  }
}

/** `developer` is what newer OpenAI models call the system; every service knows the older name. */
function addMessage(turns: Turns, item: Item, at: string): void {
  const { role, content } = check(messageItem, item, at)
  const parts = partsOf(content, `${at}.content`)
  if (role === 'user') turns.user(parts)
  else if (role === 'assistant') turns.assistant(parts, [])
  else turns.system(parts.map(part => part.text ?? '').join('\n\n'))
}

function partsOf(content: string | readonly { readonly type: string }[], path: string): ContentPart[] {
  if (typeof content === 'string') return [textPart(content)]
  return content.map((part, index) => partOf(part, `${path}[${index}]`))
}

function partOf(part: { readonly type: string }, at: string): ContentPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textPart(check(textPartSchema, part, at).text)
    case 'refusal':
      return { type: 'refusal', refusal: check(refusalPartSchema, part, at).refusal }
    case 'input_image': {
      const { image_url: url, detail } = check(imagePartSchema, part, at)
      return imagePart(url, detail)
    }
    case 'input_file': {
      const { file_data, filename } = check(filePartSchema, part, at)
      return { type: 'file', file: { filename: filename ?? 'file', file_data } }
    }
    default:
      throw refused(`${at}.type`, `parts of type "${part.type}" are not supported here`)
  }
}
