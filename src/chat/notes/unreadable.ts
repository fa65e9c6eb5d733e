import type { ContentPart } from '../../contract/index.ts'
import { recordingIn } from './files.ts'

/** The text that a model gets in place of a part that it cannot read. */
export function noteFor(part: ContentPart): ContentPart {
  if (part.type === 'refusal') return { type: 'text', text: String(part['refusal']) }
  return { type: 'text', text: `[${nameOf(part)} that this model cannot read]` }
}

function nameOf(part: ContentPart): string {
  return part.type === 'image_url' ? 'an image' : (recordingIn(part) ?? 'a file')
}
