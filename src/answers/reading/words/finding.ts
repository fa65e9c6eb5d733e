/** Verbs and adverbs that a found number follows immediately. */
const words = [
  'is|are|was|were|be|has|have|takes?|makes?|needs?|gets?|costs?|equals?|equal to|comes to|amounts to|totals?|gives?',
  'earns?|pays?|spends?|weighs?|measures?|leaves?',
  'paid|earned|spent|saved|took|made|got|had|received|needed|weighed|measured|left with|written as|rounds to|works out to|returns|outputs|prints',
  '(?:total|discount|balance|salary|income|revenue|tip) of',
  '(?:has|have|with) an? \\p{L}{3,15} of|take (?:her|him|it|them|us)',
  'noch|beträgt|betragen|braucht|kostet|kosten|dauert|insgesamt|ist|sind|hat|haben|gibt(?: es)?|bleiben|lautet',
  'faut(?: donc)?|restent|reste|vaut|valent|est|sont|(?:elle|il|on) a|ont|donc|doit(?: donc)? payer|doivent payer|coûte|il y a|mesure',
  'quedan|queda|tiene|tienen|cuesta|cuestan|hay|existen|miden?|vale|tardan?|tardará|tardarán|pagar|necesitan?',
  'restam|tem|têm|custa|há|existem|são|mede|restano|sono|costa|servono|occorrono|ci sono|esistono|misura|pesa',
  '(?:est|es|é|è)(?: donc)? d[ei]|es|é|è|és|dus|zijn er|is er|heeft|kost|blir|är|er|finns|har|kostar|maksaa|tedy|je|číslo',
  'więc|jest|kosztuje|zostało|wynosi|liczba|este|sunt|are|costă|είναι|έμειναν|quindi|adalah|sebesar|ada|là|còn|có',
  'in totaal|in totale|siis|yhteensä|łącznie|razem|celkem|toplam|en total|au total|összesen|ukupno|totalt|i alt|всего|итого|kwa jumla',
  'получаем|получим|осталось|останется|равна|равно|равен|составляет|составил[оаи]?|стоит|нужно|имеет|существует|дорівнює|становить',
].join('|')

/** Between the verb and the number. */
const adverbs = [
  'about|approximately|exactly|only|a total of|therefore|thus|hence|then',
  'insgesamt|genau|also|somit|donc|exactement|en total|exactamente|quindi',
  'tedy|więc|dus|alltså|ровно|всего',
].join('|')

/** Immediately before a number. */
export const finding = new RegExp(String.raw`(?<![\p{L}\p{M}])(?:${words})(?: (?:${adverbs}))? $`, 'iu')

const totals = [
  'in total|altogether|in all|au total|en tout|insgesamt|en total|no total|ao todo',
  'in totaal|in totale|totalt|i alt|yhteensä|łącznie|razem|celkem|összesen|în total|ukupno',
  'συνολικά|kwa jumla|secara keseluruhan|tất cả|всего|итого',
].join('|')

/** Behind a number, at the end of a sentence that adds up. */
export const totalled = new RegExp(String.raw`(?<![\p{L}\p{M}])(?:${totals})[.!]?$`, 'iu')
