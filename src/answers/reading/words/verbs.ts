import { alternatives } from '../../../sampling/alternatives.ts'
import { Phrases } from './phrases.ts'

/** Verbs of measure: the number at the end of their sentence is what the subject comes to, even if other words come between. */
export const measuring = new Phrases(
  'beträgt, betragen, betrug, lautet, ergibt, kostet, entspricht, liegt bei, liegen bei, beläuft sich auf',
  'vaut, valent, est égal à, est égale à, sont égaux à, est de, était de, s’élève à, coûte, coûtent, correspond à, équivaut à',
  'es igual a, es de, fue de, equivale a, vale, valen, cuesta, cuestan, mide, asciende a, corresponde a, resulta',
  'é igual a, é de, foi de, será de, custa, custam, mede, vale, corresponde a',
  'è pari a, è uguale a, è di, è del, era di, costa, costano, misura, ammonta a, equivale a, corrisponde a',
  'bedraagt, bedragen, is gelijk aan, kost, kosten, uppgår till, är lika med, koster, er lig med, maksaa, on yhtä suuri kuin',
  'wynosi, wynoszą, jest równy, jest równa, jest równe, równa się, kosztuje, kosztują, činí, je roven, je rovna, je rovno, stojí',
  'este egal cu, este egală cu, este de, costă, είναι ίσο με, ισούται με, κοστίζει',
  'равен, равна, равно, равны, составляет, составил, составила, составило, стоит, дорівнює, становить, коштує',
  'adalah sebesar, sama dengan, bằng, تساوي, يساوي, تبلغ, يبلغ, برابر با, שווה ל',
  'equals, is equal to, comes to, amounts to, costs',
)

/** Words for "is", immediately before the number. */
export const being = new Phrases(
  'ist, sind, war, est, sont, était, es, son, era, é, são, è, sono, is, zijn, was, är, blir, er, on, to, jest, je, jsou',
  'este, sunt, είναι, adalah, ialah, là, ni, هو, هي, היא, הוא',
)

/** Words that begin a sentence and say that there is, or that one needs, so many of what follows. */
export const existing = new Phrases(
  'es gibt, gibt es, man braucht, man benötigt, es werden, es sind, es bleiben, es bestehen',
  'il y a, il existe, il faut, on a besoin de, il reste, on compte, on obtient, on peut former',
  'hay, existen, se necesitan, se requieren, son necesarios, son necesarias, hacen falta, se pueden formar, se pueden hacer, quedan',
  'há, existem, são necessários, são necessárias, são precisos, restam, é possível formar, podem ser formados, podem ser formadas',
  'ci sono, esistono, vi sono, servono, occorrono, sono necessari, sono necessarie, restano, si possono formare',
  'er zijn, zijn er, er is, det finns, finns det, det krävs, der er, er der, det er, on olemassa, tarvitaan',
  'istnieje, istnieją, jest, potrzeba, existuje, existují, je potřeba, je třeba, există, sunt, sunt necesari, υπάρχουν',
  'существует, есть, имеется, потребуется, понадобится, нужно, необходимо, існує, є, потрібно',
  'ada, terdapat, diperlukan, dibutuhkan, có, cần, có tất cả, there are, there is',
)

/** Words that make a statement one of several, or one that holds in some case only. */
export const dividing = new Phrases(
  'und, oder, während, wenn, falls, et, ou, tandis que, si, y, mientras que, cuando, e, mentre, quando, se',
  'of, terwijl, als, och, eller, om, og, hvis, ja, tai, jos, i, lub, oraz, jeśli, nebo, pokud, și, sau, dacă',
  'και, ή, αν, и, или, а, если, та, або, якщо, ve, veya, ise, dan, atau, jika, kalau, và, hoặc, nếu, و, أو, إذا, או, ו, אם',
  'and, or, if, while, when, unless, whereas, but, except',
)

const separateVerbs = [
  'olur|bulunur|elde edilir|çıkar',
  'है|हैं|होगा|होगी|है|আছে|হয়|হবে',
  String.raw`است|می[\s\u200C]?شود`,
]
const attachedVerbs = [
  'です|である|だ|となる|となります|になる|になります|を得る',
  '입니다|이다|예요|이에요|이 됩니다|가 됩니다|이 된다',
]

/** The verb of a sentence behind its value, in languages whose verb comes last; in Turkish, a suffix. */
export const verbAtEnd = new RegExp(
  alternatives(
    "[’'][dt][ıiuü]r",
    String.raw`\s${alternatives(...separateVerbs)}`,
    String.raw`\s?${alternatives(...attachedVerbs)}`,
  ) + '$',
  'u',
)
