import type { Environment } from '../../interpolate.ts'
import { partsOf } from '../../tree.ts'

/** The fields of a provider, a scorer or a store that say where it is. */
export const addressFields = ['base_url', 'url', 'endpoint', 'sentinels', 'nodes']
/** The fields with what is sent there as credentials. */
export const keyFields = ['api_key', 'api_keys', 'headers', 'password']

/** Parameters of an address that are credentials. */
const credentialName = /key|token|secret|pass|pwd|auth|credential|sig(?:nature)?$/i
/** Headers without credentials. Any other may have one, whatever its name. */
const harmlessHeader =
  /^(?:accept|accept-.*|content-.*|user-agent|referer|http-referer|origin|.*-(?:title|version|beta|name|type|id|organization|project|region|referer|categories))$/i
/** Names and values of headers that are credentials beside a key: with a scheme, a prefix of keys, a UUID, or long and random. */
const credentialHeader =
  /(?<!port)key|token|secret|pass(?!-?th)|pwd|auth(?!ors?\b)|credential|sig(?:nature)?$|cookie/i
const credentialValue =
  /^(?:bearer|basic|token)\s|(?<![a-z\d])(?:sk[-_]|[\da-f]{8}(?:-[\da-f]{4}){3}-|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{16})/i
const plainValue = /^(?:true|false|\d{1,7}(?:\.\d{1,9})?)$/i

/** Keys that services without a check are given, without case, separators and `sk-`. */
const placeholders: ReadonlySet<string> = new Set(
  [
    'empty none null unused notset dummy dummykey fake fakekey placeholder anything test testkey changeme',
    'local localhost nokey noapikey nokeyneeded nokeyrequired notneeded notrequired notused',
    'apikey yourkey yourapikey 1234 tokenabc123 ollama lmstudio llamacpp vllm localai sglang',
  ].flatMap(line => line.split(' ')),
)
/** A shorter text may be found in another by chance. */
const minLength = 8

/** Whether a key is only there because a client of the service needs some text. */
export function isPlaceholder(key: string): boolean {
  const plain = bare(key)
    .toLowerCase()
    .replaceAll(/^sk-|[-_ .]/g, '')
  return placeholders.has(plain) || /^[x*]*$/.test(plain)
}

/** Whether who wrote the variables knows a credential already. */
export function isKnownTo(variables: Environment, credential: string): boolean {
  const text = bare(credential)
  return Object.values(variables).some(
    value => value?.split(',').includes(text) || (text.length >= minLength && value?.includes(text)),
  )
}

/**
 * The credentials in the value of a field: a key is one itself, an address and a header may have some. Beside a key, a header that
 * does not look like one is an option, for instance of a gateway.
 */
export function credentialsAt(field: string, value: unknown, isBesideKey = false): readonly string[] {
  if (typeof value === 'string') {
    const found = addressFields.includes(field) ? credentialsIn(value) : [value]
    return found.filter(text => !isPlaceholder(text))
  }
  return partsOf(value)
    .filter(
      ([name, part]) =>
        field !== 'headers' ||
        mayBeCredential(String(name), typeof part === 'string' ? part : '', isBesideKey),
    )
    .flatMap(([, part]) => credentialsAt(field, part))
}

function mayBeCredential(header: string, value: string, isBesideKey: boolean): boolean {
  if (harmlessHeader.test(header)) return false
  if (!isBesideKey) return true
  return !plainValue.test(value) && (credentialHeader.test(header) || credentialValue.test(value))
}

/** The password in the text of an address, and the parameters that are credentials; not a user alone. */
function credentialsIn(address: string): string[] {
  const passwords = [...address.matchAll(/\/\/[^/@\s:]*:([^/@\s]*)@/g)].map(([, password = '']) => password)
  const parameters = [...address.matchAll(/[?&]([\w.-]+)=([^&#\s]+)/g)].filter(([, name = '']) =>
    credentialName.test(name),
  )
  return [...passwords, ...parameters.map(([, , value = '']) => value)]
}

/** A credential without the scheme that a header puts before it. */
function bare(credential: string): string {
  return credential.trim().replace(/^(?:bearer|basic|token)\s+/i, '')
}
