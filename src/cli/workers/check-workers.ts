import type { Config } from '../../config/schema.ts'
import { HulumanageError } from '../../contract/index.ts'

/** Throws `config_invalid` if there are more workers than calls for them to share. */
export function checkWorkers({ workers: count, queue }: Config): void {
  if (count <= queue.max_concurrent) return
  const message = `workers: ${count} is more than queue.max_concurrent (${queue.max_concurrent}), which they share`
  throw new HulumanageError('config_invalid', message)
}
