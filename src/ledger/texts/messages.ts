import type { Answer } from '../thread/questions.ts'
import type { TextSettings } from './settings.ts'
import type { RequestTexts, SentTexts, TextKey } from './texts.ts'

/** The parts that the thread of texts starts with. */
export interface ThreadStart {
  readonly path: string
  readonly settings: TextSettings
}

/** A message to the thread of texts. */
export type ToThread =
  | { readonly kind: 'write'; readonly texts: RequestTexts; readonly size: number }
  | { readonly kind: 'read'; readonly id: number; readonly key: TextKey }
  | { readonly kind: 'redact'; readonly id: number; readonly texts: readonly SentTexts[] }
  | { readonly kind: 'settings'; readonly settings: TextSettings }
  | { readonly kind: 'close' }

/** A message that answers no question. An `error` is the reason in words; `size` is in characters. */
export type News =
  | { readonly kind: 'written'; readonly count: number; readonly size: number; readonly error?: string }
  | { readonly kind: 'unredacted'; readonly reason: string }

/** A message of the thread. */
export type FromThread = News | Answer
