/** Words that make a verdict hold in some cases only. */
const words = [
  'but|only|if|unless|except|provided|assuming|when|whenever|as long as|sometimes|partly|partially|not always|in (?:some|certain|most) cases',
  'aber|jedoch|nur|wenn|falls|sofern|außer|solange|manchmal|teilweise|mais|seulement|uniquement|si|sauf|à condition|parfois',
  'pero|solo|sólo|solamente|únicamente|salvo|excepto|a veces|siempre que|mas|só|somente|apenas|se|exceto|desde que',
  'ma|soltanto|solo|tranne|eccetto|purché|a volte|maar|alleen|als|tenzij|mits|soms|men|bara|endast|om|kun|hvis',
  'ale|tylko|jeśli|chyba że|jen|pouze|pokud|но|только|если|кроме|лише|якщо|ama|ancak|yalnızca|sadece|tapi|hanya|jika|kecuali',
].join('|')
const subject = String.raw`(?:(?:it|this|that|they|he|she|we|you|one|there) (?:is|are|was|were|does|do|did|can|will|has|have|would|could|may)\b,?\s)?`
const condition = new RegExp(
  String.raw`^[\s,.;:!—–*_-]{0,6}(?:${subject}(?:${words})(?!\p{L})|但|只|除非|如果|ただし|もし|しかし|하지만|단,|만약)`,
  'iu',
)

/** Whether the text behind a verdict makes it hold in some cases only: ", but only if x > 0". */
export function isConditional(behind: string): boolean {
  return condition.test(behind)
}
