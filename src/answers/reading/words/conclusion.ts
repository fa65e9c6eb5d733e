/** Words that begin a line that draws a conclusion, in scripts whose words end at a letter of another word. */
const spaced = [
  'so|therefore|thus|hence|in total|altogether|in conclusion|overall|consequently|finally|as a result|it follows that|we conclude that|in the end|in short',
  'also|daher|damit|somit|folglich|insgesamt|am ende|kurz gesagt|zusammen',
  'donc|ainsi|d’où|au total|en tout|en conclusion|conclusion|en résumé|finalement',
  'por (?:lo )?tanto|en total|en conclusión|en resumen|así(?: que)?|de donde|de ahí que|entonces|por consiguiente|al final',
  'portanto|no total|ao todo|assim|logo|em resumo|então',
  'quindi|in totale|dunque|pertanto|perciò|in conclusione|alla fine',
  'dus|in totaal|totaal|daarom|kortom|alltså|därför|totalt|derfor|altså|i alt|siis|joten|yhteensä',
  'zatem|więc|razem|łącznie|celkem|tedy|takže|tehát|összesen|deci|prin urmare|așadar|în total|dakle|ukupno',
  'toplam(?:da)?|sonuç olarak|dolayısıyla|böylece|jadi|dengan demikian|maka|vậy|do đó|vì vậy|như vậy|tổng cộng|kwa hiyo|hivyo|samakatuwid',
  'таким образом|итак|значит|следовательно|всего|итого|в итоге|поэтому|отже|тож|разом|άρα|συνεπώς|συνολικά',
  'إذن|إذًا|إذا|لذلك|لذا|وبالتالي|بالتالي|בסך הכל|לכן|بنابراین|پس|در نتیجه',
  'لہٰذا|لہذا|इसलिए|अतः|इस प्रकार|कुल|সুতরাং|অতএব|তাই|মোট|కాబట్టి|எனவே|ஆகவே|ಆದ್ದರಿಂದ|അതിനാൽ|તેથી',
].join('|')
const unspaced = [
  '∴|结论|結論|因此|所以|故|综上(?:所述)?|解得|求得|总共|一共|总之',
  'よって|したがって|ゆえに|以上より|つまり',
  '따라서|그러므로|결국|총',
  'ดังนั้น|เพราะฉะนั้น|สรุปว่า|รวม',
].join('|')

/** The words that begin a line that draws a conclusion. */
export const conclusion = new RegExp(
  String.raw`^(?:(?:${spaced})(?![\p{L}\p{M}\d_])|${unspaced})[,:，、:\s]{0,3}`,
  'iu',
)
