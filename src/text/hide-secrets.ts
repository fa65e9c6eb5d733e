/** Parts of a secret that are left out of a text: any of this many characters in a row. */
const partLength = 8
/** Secrets below this length, and addresses, are only left out as a whole: a part of one may be an ordinary word. */
const longSecret = 16

/** Keys of services, of which a part is enough to be left out, and those that this server makes. */
const likeKey = /\b(?:(?:sk|pk|key|gsk|xai|AIza)[-_][\w*-]{6,}|hm-[\w-]{43})/gi
/** Codes such as `key_not_found`: words alone, which no key consists of. */
const errorCode = /^key(?:[-_][a-z]{2,12})+$/

/**
 * A text without secrets, for providers repeat the key they were sent: as a whole, in part, or in Base64. What looks like a
 * key is left out as well. Takes time in proportion to the lengths of both.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return hiderOf(secrets)(text)
}

/** Returns a function that hides the same secrets in many texts: the table of their parts is made once. */
export function hiderOf(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap(secret => [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')])
  const parts = partsOf(forms)
  return text => {
    const whole = forms.reduce((before, secret) => before.replaceAll(secret, '[key]'), text)
    const known = withoutParts(whole, parts)
    return known.replaceAll(likeKey, found => (errorCode.test(found) ? found : '[key]'))
  }
}

function partsOf(secrets: readonly string[]): ReadonlySet<string> {
  const parts = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < longSecret || secret.includes('://')) continue
    for (let at = 0; at + partLength <= secret.length; at++) parts.add(secret.slice(at, at + partLength))
  }
  return parts
}

function withoutParts(text: string, parts: ReadonlySet<string>): string {
  if (parts.size === 0) return text
  let result = ''
  let shown = 0
  for (let at = 0; at + partLength <= text.length; at++) {
    if (!parts.has(text.slice(at, at + partLength))) continue
    let end = at + partLength
    while (end < text.length && parts.has(text.slice(end + 1 - partLength, end + 1))) end++
    result += `${text.slice(shown, at)}[key]`
    shown = end
    at = end - 1
  }
  return result + text.slice(shown)
}
