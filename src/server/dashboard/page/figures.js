/** Whether a request failed by the server's or a provider's fault, or the client's. @param {{ status: number, code?: string }} request */
export function hasFailed({ status, code }) {
  return code !== undefined || status >= 400
}

/** @param {{ tokens?: { prompt: number, completion: number } }} request */
export function tokensOf({ tokens }) {
  return tokens ? tokens.prompt + tokens.completion : 0
}
