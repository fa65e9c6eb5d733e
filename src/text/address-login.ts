/** The decoded text of a part of an address. A percent sign that encodes nothing stands as it is. */
export function decodePart(part: string): string {
  return part.replaceAll(/(?:%[\da-f]{2})+/gi, bytes => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
}

/** The user and the password of an address, with a colon between them; undefined without either. */
export function loginIn({ username, password }: URL): string | undefined {
  return username === '' && password === '' ? undefined : `${decodePart(username)}:${decodePart(password)}`
}

/** The user and the password of an address, as HTTP sends them in `authorization`; undefined without either. */
export function basicAuthorization(url: URL): string | undefined {
  const login = loginIn(url)
  return login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
}

/** The address without its user and password. */
export function withoutLogin(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}
