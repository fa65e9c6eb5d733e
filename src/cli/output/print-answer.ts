import type { AskProgress } from './ask-progress.ts'

/** The part of a streamed chunk that is printed. */
interface PrintedChunk {
  readonly choices: readonly {
    readonly index: number
    readonly delta: { readonly content?: string | null | undefined }
  }[]
}

/** Prints the first choice while it streams, and all others of `a|b` below it, each after an empty line. */
export async function printText(chunks: AsyncIterable<PrintedChunk>, progress: AskProgress): Promise<void> {
  const texts = ['']
  for await (const chunk of chunks) {
    for (const { index, delta } of chunk.choices) {
      if (!delta.content) continue
      texts[index] = (texts[index] ?? '') + delta.content
      if (index > 0) continue
      progress.clear()
      await print(delta.content)
    }
  }
  progress.clear()
  const [first = '', ...others] = texts
  if (first !== '' && !first.endsWith('\n')) await print('\n')
  for (const other of others) if (other) await print(`\n${other.replace(/\n?$/, '\n')}`)
}

/** Writes to stdout; resolves when a reader slower than the model has caught up. */
export async function print(words: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(words, error => (error ? reject(error) : resolve()))
  })
}
