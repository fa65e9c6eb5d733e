/** Further lengths, weights, volumes and times of other languages, and their abbreviations. */
const further = [
  '(?:kilo|[cs]enti|zenti|centí|mil[il]{0,2}|milí|de[cz]i|quilô)?(?:meter|mètres?|metros?|metr[iyoeów]{1,2})',
  '(?:[Kk]ilo|[Mm]il[il]{0,2}|quilo)?(?:[Gg]ramm?|grammes?|gram[oaiy]s?|gramów)|(?:[Mm]illi|mili)?(?:[Ll]iter|litros?|litr[iy]|litrów)',
  '(?:[KkZzMmDd]\\p{Ll}{2,4})(?:meter|gramm|liter)',
  'Tagen?|Tage|Wochen?|Monaten?|Monate|Jahren?|Jahre|jours?|semaines?|mois|ans|années?|días?|semanas?|meses|años?|dias?|anos?',
  'giorn[oi]|settiman[ae]|mesi|ann[oi]|dagen|weken|maanden|jaar|jaren|dagar|veckor|månader|år|dni|tygodni|miesięcy|lat',
  '(?:кило|санти|милли|деци)?(?:метр|грамм|литр)\\p{L}{0,3}|мм|м|г|т|л|мл|ч|мин|с|м\\/с|секунд\\p{L}?|дн(?:я|ей)|недел\\p{L}{1,2}|месяц\\p{L}{0,2}|лет|год(?:а|ов)?',
  'zł|złotych|kr|kronor|korun|Kč|lei|forint|TL|lira|pesos?|reais|yuan|yen',
  '厘米|毫米|千米|公里|米|千克|公斤|克|毫升|升|秒|分钟|小时|天|角|分|センチメートル|キロメートル|メートル|センチ|キロ|グラム|リットル|時間|日間',
  '센티미터|킬로미터|미터|킬로그램|그램|리터|시간|초|분',
].join('|')
const common = String.raw`°[CF]?|\\?%|per cent|percent|[kcmµn]?m(?:\^?[23²³])?|[kmcd]?[gGlLsVWNJ]|kWh|kJ|eV|[kM]eV|Hz|[kM]Hz|k?Pa|mol|min|h|mph|km\/h|m\/s(?:\^?2|²)?|cents?|dollars?|euros?|pounds?|(?:milli|micro|nano)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|(?:kilo|centi|milli)?met(?:er|re)s?|inch(?:es)?|feet|foot|yards?|miles?|(?:kilo|milli)?grams?|ounces?|tons?|tonnes?|(?:milli)?lit(?:er|re)s?|gallons?|cups?|degrees?|radians?|Stunden?|Minuten?|Sekunden?|Meter|Grad|Euro|heures?|horas?|minutos?|часов|часа|час|минут|км\/ч|км|кг|см|руб(?:лей|ля)?|₽|원|円|元|square \p{L}{3,12}|cubic \p{L}{3,12}|thousand|million|billion|trillion|times|dozen|percentage points?`
/** Words that make the number before them a measure; those of things that are counted are left out. */
const unit = new RegExp(
  String.raw`^(?:\s{0,2}°[CF]?|\s?[€£¥₽](?![\p{L}\d])|\s?(?:${common}|${further})(?![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d])(?:\s?\/\s?\p{L}{1,10}(?:\^?[23]|[²³])?|\sper\s(?:square |cubic )?\p{L}{3,10}){0,2})`,
  'u',
)

/** The unit that follows a number, behind a blank if it is a letter: `3m` would be a product. Empty without a unit. */
export function unitAt(rest: string): string {
  const found = unit.exec(rest.replace(/^\\[,;: ]/, ' '))?.[0] ?? ''
  return /^[a-z]/i.test(found) ? ` ${found}` : found
}
