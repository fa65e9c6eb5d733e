import { textOf } from '../../chat/read/fields.ts'
type Item = Readonly<Record<string, unknown>>

/**
 * The text of an item that OpenAI's servers made in an earlier turn, for a service that cannot make it: what was found,
 * run or answered. Empty if the item holds nothing that a model can read.
 */
export function serverItemText(item: Item): string {
  switch (item['type']) {
    case 'file_search_call':
      return linesOf('Found in files', listOf(item['results']).map(textIn))
    case 'code_interpreter_call':
      return linesOf('Ran code', [textOf(item['code']), ...listOf(item['outputs']).map(logsIn)])
    case 'mcp_call':
      return linesOf(`Called ${textOf(item['name'])} with ${textOf(item['arguments'])}`, [
        textOf(item['output']) || jsonOf(item['error']),
      ])
    case 'image_generation_call':
      return linesOf('Made an image', [textOf(item['revised_prompt'])]) || '[Made an image]'
    case 'computer_call':
      return linesOf('Used the computer', [jsonOf(item['action'])])
    case 'web_search_call':
      return ''
    default:
      return textOf(item['text'])
  }
}

/** The texts below a heading; nothing without texts. */
function linesOf(heading: string, texts: readonly string[]): string {
  const told = texts.filter(text => text !== '')
  return told.length === 0 ? '' : `[${heading}]\n${told.join('\n')}`
}

function textIn(one: unknown): string {
  const { filename, text } = (one ?? {}) as Item
  return [textOf(filename), textOf(text)].filter(part => part !== '').join(': ')
}

function logsIn(one: unknown): string {
  return textOf((one as Item | null)?.['logs'])
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function jsonOf(value: unknown): string {
  return value == null ? '' : JSON.stringify(value)
}
