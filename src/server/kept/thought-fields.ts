/** Fields of a message with thoughts that a service signs or seals. */
export const sealedFields = ['thinking_blocks', 'reasoning_details', 'reasoning_items', 'extra_content']
/** The same fields of a tool call. */
export const sealedCallFields = ['extra_content', 'thought_signature']
/** Fields of a message with thoughts in plain text, for services that want them back unsealed. */
export const plainFields = ['reasoning_content', 'reasoning']

const names = [...sealedFields, ...sealedCallFields, ...plainFields].join('|')
const beginning = new RegExp(`"(?:${names})"\\s*:(?!\\s*(?:null|""|\\[\\]))`)

/** Whether the JSON of an answer, or of a part of it, may have thoughts in it; false if it has none for sure. */
export function mayHaveThoughts(json: string): boolean {
  return beginning.test(json)
}
