import type { CutPart, TextPart } from '../../text/text-part.ts'

/** The texts of a request to keep: those of its client, and those of the calls under it. */
export interface RequestTexts extends TextKey {
  readonly texts: readonly SentTexts[]
}

/** The request that texts belong to, as the ledger knows it. */
export interface TextKey {
  readonly id: string
  readonly at: number
  readonly client: string | null
}

/** Texts before they are redacted. */
export interface SentTexts {
  /** The number of the call; null for the texts of the client. */
  readonly n: number | null
  readonly prompt: readonly CutPart[]
  readonly answer: readonly CutPart[]
}

/** Texts as they are kept. */
export interface KeptTexts {
  readonly n: number | null
  readonly prompt: readonly TextPart[]
  readonly answer: readonly TextPart[]
}

/** The store of prompts and answers. Nobody waits for it to write. */
export interface TextStore {
  /** Maximum characters of a prompt or an answer. */
  readonly characters: number
  /** Decides whether the texts of a request are kept; `asked`: its client asked for it. */
  keeps: (asked: boolean) => boolean
  /** Takes texts. Never waits and never throws: texts that cannot be kept are dropped. */
  record: (texts: RequestTexts) => void
  /** Reads the texts of a request; empty if none are kept. Rejects with `ledger_unavailable`. */
  read: (key: TextKey) => Promise<readonly KeptTexts[]>
}
