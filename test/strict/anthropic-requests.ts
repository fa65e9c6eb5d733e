// Parts of requests to Messages, for the tests of its checker.

export const user = { role: 'user', content: 'What is the weather in Oslo?' }
export const assistant = (...content: object[]) => ({ role: 'assistant', content })
export const from = (...content: object[]) => ({ role: 'user', content })
export const text = (text: string, fields: object = {}) => ({ type: 'text', text, ...fields })
export const use = (id: string) => ({ type: 'tool_use', id, name: 'weather', input: { place: 'Oslo' } })
export const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: '4 degrees' })
export const thought = { type: 'thinking', thinking: 'Look it up.', signature: 'c2ln' }
export const tools = [
  { name: 'weather', description: 'Tells it', input_schema: { type: 'object', properties: {} } },
]
export const asked = (fields: object = {}) => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 2048,
  messages: [user],
  ...fields,
})
export const said = (...messages: object[]) => asked({ messages, tools })
export const thinking = { type: 'enabled', budget_tokens: 1024 }
export const mark = { cache_control: { type: 'ephemeral' } }
export const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }
export const tool = (fields: object) => asked({ tools: [{ ...tools[0], ...fields }] })
export const opus = (fields: object) => asked({ model: 'claude-opus-4-8', ...fields })
