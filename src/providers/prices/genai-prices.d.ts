/** The part of the package that is used. It is optional, so types and tests must do without it. */
declare module '@pydantic/genai-prices' {
  /** Null if the service at the address, or its model, is not known. */
  export function calcPrice(
    usage: Readonly<Record<string, number>>,
    model: string,
    options: { readonly providerApiUrl: string; readonly timestamp?: Date },
  ): { readonly model_price: Readonly<Record<string, unknown>> } | null
}
