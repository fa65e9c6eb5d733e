import { hasUpstream } from '../../config/enabled.ts'
import { baseUrlOf, services } from '../../config/formats/litellm/services.ts'
import type { Service } from '../../config/formats/litellm/services.ts'
import type { LoadedConfig } from '../../config/load/load.ts'
import { HulumanageError } from '../../contract/index.ts'
import { shownPath } from '../output/summary.ts'

/** Whether a server with this configuration could answer nothing, a mistake that should show at its start. */
export function isEmpty({ config, file, format, sources }: LoadedConfig): boolean {
  if (hasUpstream(config)) return false
  // A file of another program has no plugins, and no entry that can be called.
  if (format !== undefined && config.plugins_dir.length === 0) return true
  // Steps of a plugin may answer by themselves, so a file with any content is enough.
  return file === undefined || !Object.values(sources).includes('file')
}

/** The key that needs no file. */
const ownKey = 'OPENAI_API_KEY'

/** Keys of other services that people have in their environment, and the address or kind of the provider that takes each. */
const otherKeys: ReadonlyMap<string, string> = new Map([
  ['AZURE_OPENAI_API_KEY', fieldsOf('azure', services['azure']!)],
  ...Object.entries(services).flatMap(([name, service]) =>
    [service.key ?? []]
      .flat()
      .filter(key => key !== ownKey)
      .map(key => [key, fieldsOf(name, service)] as const),
  ),
])

/** The fields of a provider at a service, in words. */
function fieldsOf(name: string, { type, address }: Service): string {
  if (type === 'openai') return `base_url: ${address ?? baseUrlOf(name)}`
  return type === 'azure' ? 'type: azure and the base_url of your resource' : `type: ${type}`
}

/** The error for an empty configuration: everything that would fill it. */
export function emptyError(loaded: LoadedConfig): HulumanageError {
  const { file, format, searched } = loaded
  const { environment } = loaded.draft
  if (file !== undefined && format !== undefined) {
    const message = `no entry of ${shownPath(file)} can be called, so there is no model to serve; hulumanage config convert tells for each what is missing`
    return new HulumanageError('config_invalid', message)
  }
  const isSet = (name: string) => Boolean(environment[name])
  const found = [...otherKeys].filter(([name]) => isSet(name))
  return new HulumanageError(
    'config_invalid',
    [
      'nothing is configured, so there is no model to call. Do one of the following:',
      '  - set OPENAI_API_KEY, and OPENAI_BASE_URL for a service other than OpenAI',
      '  - start with --base-url URL, for a server that requires no key',
      `  - write a configuration, such as ${shownPath(searched[0] ?? 'hulumanage.yaml')}, or name one with --config FILE`,
      ...found.map(
        ([name, fields]) =>
          `    (${name} is set: give it to a provider with ${fields}, as api_key: \${${name}})`,
      ),
      '  - try it without any of these: `npm start` in a checkout runs a demo with simulated providers',
      ...(isSet('OPTILLM_API_KEY')
        ? [
            'OPTILLM_API_KEY is the key that clients send; it starts no model on this machine, as a provider such as Ollama does',
          ]
        : []),
    ].join('\n'),
  )
}
