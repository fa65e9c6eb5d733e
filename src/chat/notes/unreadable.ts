import { textOf } from '../read/fields.ts'
import type { ContentPart } from '../../contract/index.ts'
import { recordingIn } from './files.ts'

/** The text that a model gets in place of a part that it cannot read, with its mark for the cache. */
export function noteFor(part: ContentPart): ContentPart {
  const { cache_control: mark } = part
  const text =
    part.type === 'refusal' ? textOf(part['refusal']) : `[${nameOf(part)} that this model cannot read]`
  return { type: 'text', text, ...(mark == null ? {} : { cache_control: mark }) }
}

function nameOf(part: ContentPart): string {
  return part.type === 'image_url' ? 'an image' : (recordingIn(part) ?? 'a file')
}
