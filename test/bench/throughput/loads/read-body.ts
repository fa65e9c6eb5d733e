interface Message {
  readonly role: string
  readonly tool_call_id?: string
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string } }[]
}

interface Body {
  readonly messages: readonly Message[]
  readonly tools?: readonly { readonly function: { readonly name: string } }[]
}

/** The body of a request of the benchmark. */
export function readBody(text: string): Body {
  return JSON.parse(text) as Body
}
