import type { ContentPart, Message } from '../../contract/index.ts'
import { check, invalidField } from '../check.ts'
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
import { ConversationBuilder, imagePart, textPart, toolCall } from '../conversation-builder.ts'

type Item = Exclude<ResponsesBody['input'], string>[number]

/** Translates the input of a response into the messages of a chat. Reasoning of earlier turns is left out. */
export function inputToChat({ input, instructions }: ResponsesBody): readonly Message[] {
  const conversation = new ConversationBuilder()
  if (instructions) conversation.addSystem(instructions)
  if (typeof input === 'string') conversation.addUser([textPart(input)])
  else for (const [index, item] of input.entries()) addItem(conversation, item, `input[${index}]`)
  return conversation.messages
}

function addItem(conversation: ConversationBuilder, item: Item, at: string): void {
  switch (item.type ?? 'message') {
    case 'message':
      return addMessage(conversation, item, at)
    case 'function_call': {
      const { call_id: id, name, arguments: args } = check(callItem, item, at)
      return conversation.addAssistant([], [toolCall(id, name, args)])
    }
    case 'function_call_output': {
      const { call_id: id, output } = check(resultItem, item, at)
      return conversation.addResult(id, partsOf(output, `${at}.output`))
    }
    case 'reasoning':
      return
    case 'item_reference':
      throw invalidField(at, 'this server stores no items; send the item itself')
    default:
      throw invalidField(`${at}.type`, `items of type "${item.type}" are not supported here`)
  }
}

/** `developer` is the newer name for `system`, but every service knows the older one. */
function addMessage(conversation: ConversationBuilder, item: Item, at: string): void {
  const { role, content } = check(messageItem, item, at)
  const parts = partsOf(content, `${at}.content`)
  if (role === 'user') conversation.addUser(parts)
  else if (role === 'assistant') conversation.addAssistant(parts, [])
  else conversation.addSystem(parts.map(part => part.text ?? '').join('\n\n'))
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
      throw invalidField(`${at}.type`, `parts of type "${part.type}" are not supported here`)
  }
}
