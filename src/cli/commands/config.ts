import { HulumanageError } from '../../contract/index.ts'
import { convertConfig } from './config-convert.ts'
import { printConfig } from './config-print.ts'
import type { Invocation } from '../program.ts'

/** `config print`: the configuration the server would run with. `config convert FILE`: a foreign file in our format. */
export async function config({ arguments: [action, file], values }: Invocation): Promise<void> {
  const { json = false, ...flags } = values
  const text =
    action === 'convert'
      ? convertConfig(fileToConvert(file), flags, json === true)
      : await printConfig(file === undefined ? flags : { ...flags, config: file }, json === true)
  process.stdout.write(text)
}

function fileToConvert(file: string | undefined): string {
  if (file !== undefined) return file
  throw new HulumanageError(
    'config_invalid',
    'the file to convert is missing: hulumanage config convert FILE',
  )
}
