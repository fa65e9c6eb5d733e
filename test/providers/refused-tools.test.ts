import t from 'tap'
import { refusedToolType } from '../../src/providers/fields/refused-tools.ts'

const types = ['function', 'image_generation', 'shell', 'local_shell', 'Code_Box', 'custom']
const tools = types.map(type => ({ type, name: 'f' }))
const input = [{ type: 'custom_tool_call', call_id: 'call_1', name: 'f', input: '' }]

/** The type that a service refuses with these words: the parameter of its error, and the message. */
function refused(param: string, message: string): string | undefined {
  return refusedToolType(`${param} ${message}`, () => ({ tools, input }))?.replace(/^tools of type /, '')
}

t.test('an error about a tool refuses its type only if it is about the type', async t => {
  for (const [param, message, type] of [
    ['tools[1].type', 'Invalid value.', 'image_generation'],
    ['tools.1.type', 'Invalid', 'image_generation'],
    ['tools[1]', "Invalid value: 'image_generation'.", 'image_generation'],
    ['tools[1]', 'Unsupported tool type.', 'image_generation'],
    ['tools[1]', 'Tools of this type are not supported.', 'image_generation'],
    ['tools[1]', 'unknown variant', 'image_generation'],
    ['tools[1]', "Invalid value: 'gpt-image-9'.", undefined],
    ['tools[1]', 'Missing required parameter.', undefined],
    ['tools[1]', 'image_generation tools: missing required parameter.', undefined],
    ['tools[1].model', "Invalid value: 'gpt-image-9'.", undefined],
    ['', "tools.5.format.type: Input should be 'grammar'", undefined],
    ['', "tools.5.custom.type: Input should be 'function'", 'custom'],
  ] as const)
    t.equal(refused(param, message), type, `${param} ${message}`)
})

t.test('an error about a call in the history refuses its type only if it does not know it', async t => {
  for (const [message, type] of [
    ['input[1]: unknown input item type: "custom_tool_call"', 'custom'],
    ["Invalid value: 'custom_tool_call'. Supported values are: 'message'.", 'custom'],
    ["Invalid 'input[3].call_id': string too long for custom_tool_call", undefined],
    ['Invalid input[2]: No tool output found for custom_tool_call call_1.', undefined],
    ["Unknown parameter: 'input[3].status' of custom_tool_call", undefined],
  ] as const)
    t.equal(refused('', message), type, message)
})

t.test('the type that an error names is read as a whole word, in any case', async t => {
  for (const [message, type] of [
    ['Unsupported tool type: local_shell tools are not supported', 'local_shell'],
    ['Unsupported tool type: shell', 'shell'],
    ['Unsupported tool type: local_shell', 'local_shell'],
    ['Unsupported tool type: code_box', 'Code_Box'],
    ["Invalid value: 'tools.custom'", 'custom'],
    ['tool type shell not supported', 'shell'],
  ] as const)
    t.equal(refused('', message), type, message)
})
