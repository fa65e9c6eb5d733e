import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'

const r = String.raw
const shared = (...texts: readonly string[]) => new Set(answerKeys(texts)).size === 1

/** By rule, pairs of the final answer and a text that ends in it. */
const rules: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'a word for the answer introduces it in any language': [
    ['14', 'Vastaus: 14 omenaa'],
    ['D', 'A helyes válasz: D'],
    ['20', 'Jibu la mwisho: 20'],
    ['18', 'Kwa hiyo, jibu ni 18.'],
    ['B', 'Gabarito: B'],
    ['B', 'La risposta esatta è B: il muscolo cardiaco.'],
    ['25', 'الناتج هو ٢٥.'],
    ['540', 'সুতরাং, উত্তর হল ৫৪০।'],
    ['20', 'కాబట్టి సమాధానం 20.'],
    ['12', 'Sonuç olarak, cevap 12’dir.'],
    ['1/3', 'I miscounted above.\n\n**Corrected answer: 1/3**'],
  ],
  'a mark of the end of a turn is no part of an answer': [
    ['B', '【解析】因为其余各项都不对。<eoe>\n【答案】B <eoa>'],
    ['B', 'The answer is B.<|im_end|>'],
    ['7', '6 + 1 = 7\n\n**7**</s>'],
  ],
  'the letter of a choice is read in a last sentence that calls it right': [
    ['C', '因此,选项 C 是正确的。'],
    ['D', '前三项都与题意不符,所以D选项更为合理。'],
    ['B', '所以,错误的叙述是选项B。'],
    ['A', '所以,正确答案应该是A选项。'],
    ['B', '正解は「B」です。'],
    ['В', 'Правильный ответ: В) фотосинтез.'],
    ['Γ', 'Η σωστή απάντηση είναι η Γ.'],
  ],
  'a verdict opens a text in any language': [
    ['nein', 'Kurz gesagt: Nein, 91 ist keine Primzahl.'],
    ['sí', 'Sí, el triángulo es rectángulo.'],
    ['да', 'Да, утверждение верно.'],
    ['はい', 'はい、その通りです。'],
    ['正确', '所以这个说法是正确的。'],
    ['yes', 'Is it prime? No divisor up to 9 fits, so **yes, 97 is prime**.'],
  ],
  'the only number behind a conclusion is the answer in any language': [
    ['8', 'Celkem tedy zbývá 8 jablek.'],
    ['64', 'Kylar doit donc payer 64 $ au total.'],
    ['16 €', 'Jan houdt dus 16 euro over.'],
    ['18', 'अतः वह प्रतिदिन 18 डॉलर कमाती है।'],
    ['64', 'অতএব মোট ৬৪ টাকা লাগবে।'],
    ['540', 'ดังนั้น เขาวิ่งทั้งหมด 540 เมตรต่อสัปดาห์'],
    ['540', '총 540미터를 달립니다.'],
  ],
  'a last line that repeats the result of the last calculation gives its value': [
    ['70000', 'Profit = $200,000 − $130,000 = $70,000\n\n✅ **Josh made a profit of $70,000.**'],
    ['12', '7 + 5 = 12\n\nTüm çocukların 12 bilyesi var.'],
  ],
  'a relation behind words is the answer': [
    ['x = -4', 'Despejando obtenemos que x = −4.'],
    ['7', 'よって、$x = 7$ である。'],
    [
      r`\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`,
      'The inverse is\n\n$$\nA^{-1} = \\begin{pmatrix}\n1 & 2 \\\\\n3 & 4\n\\end{pmatrix}\n$$',
    ],
    [r`\begin{bmatrix} 0 & 1 \end{bmatrix}`, r`The row is: $ \begin{pmatrix} 0 & 1 \end{pmatrix} $`],
    ['a = 2, b = -1', 'Thus:\n- a = 2\n- b = −1'],
  ],
  'amounts of money and dates have one value in all spellings': [
    ['R$ 250', 'Logo, o valor total a pagar é de **R$ 250,00**.'],
    ['Rp 74000', 'Jadi, Pak Budi menerima kembalian sebesar Rp74.000.'],
    ['2345.60 €', 'Am Ende bekommt er 2.345,60 € ausgezahlt.'],
    ['1990-10-03', 'Die Wiedervereinigung fand am **3. Oktober 1990** statt.'],
    ['October 3, 1990', '答案:1990年10月3日'],
    ['8:45 PM', 'Departure 6:30 PM + 2 h 15 min → **8:45 PM**'],
    ['12 ft', 'So it is 12 feet long.'],
  ],
  'the only bold words at the end are the answer, and an offer behind them is not': [
    ['NaCl', 'The limiting reagent gives us the compound **NaCl**.'],
    ['64', 'She needs to pay **$64** for the 16 glasses.\n\nWould you like to see another way?'],
    ['5', 'Es bleiben **5**.\n\nSoll ich das auch grafisch zeigen?'],
  ],
  'a value before the words for the answer, or a choice that is called right, is the answer': [
    ['17', 'I added both.\n\n17 is the answer.'],
    ['B', 'Antwort B ist richtig, weil nur dort beide Bedingungen erfüllt sind.'],
    ['A', 'C’est la réponse A qui est correcte.'],
    ['C', 'Odpowiedź C jest poprawna.'],
    ['A', 'La alternativa correcta es la A).'],
    ['A', 'Having ruled the others out, we are left with A.'],
    ['AC', '故本题选 AC。'],
  ],
  'the last clause of a sentence may conclude, and so may words that add up': [
    ['16', 'Half of 32 is 16, so Mia keeps 16 stickers for herself.'],
    ['45', 'Elle a donc lu 45 pages au total.'],
    ['30', 'De boer heeft dus in totaal 30 kippen.'],
    ['30', 'No total, o fazendeiro tem 30 galinhas.'],
    ['12 cm', 'よって、辺ABの長さは12cmです。'],
  ],
  'a name, a list and a formula may end a sentence': [
    ['Lima', 'The capital of Peru is Lima.'],
    ['3, 5', 'The two numbers are 3 and 5.'],
    ['2, -3', r`The roots are $2$ and $-3$.`],
    [r`\frac{1}{8}`, r`So the chance is $\left(\frac12\right)^3 = \frac18$.`],
    ['36π', r`The volume is $V = 36\pi$ cubic units.`],
    ['24', 'There are 4! = 24 ways to arrange the books.'],
    ['x=5', '所以方程的解为 x=5。'],
    ['x ≤ 4', r`所以不等式的解集为 $x \le 4$。`],
    ['15', 'GCD(45, 60) = 15'],
  ],
  'a sentence with one number or one letter of a choice counts as that': [
    ['36', 'Birlikte 36 bilyeleri var.'],
    ['36', 'ביחד יש להם 36 גולות.'],
    ['14', 'তার কাছে ১৪টি কার্ড থাকে।'],
    ['9', 'เหลือลูกโป่ง 9 ลูก'],
    ['1945', 'World War II ended in 1945.'],
    ['20%', '**Discount: 20%**'],
    ['84', 'La voiture parcourt 84 km.'],
    ['84 km', 'La voiture parcourt 84 km.'],
    ['B', 'Among the choices, B fits best.'],
  ],
  'a block that shows a value means the value': [
    ['120', 'Final answer:\n```\n120\n```'],
    ['[2, 4, 6]', 'The output will be:\n\n```\n[2, 4, 6]\n```'],
  ],
}

for (const [rule, rows] of Object.entries(rules)) {
  t.test(rule, async t => {
    for (const [value, text] of rows)
      t.ok(
        shared(value, text),
        `${value} of ${JSON.stringify(text)}: ${answerKeys([value, text]).join(' | ')}`,
      )
  })
}

t.test('answers that differ never share a vote in any language', async t => {
  for (const [one, other] of [
    ['А. С. Пушкин', 'А. П. Чехов'],
    ['所以B选项不正确。', '所以B选项正确。'],
    ['所以答案不是选项B。', '所以答案是选项B。'],
    ['따라서 3 이상입니다.', '따라서 3입니다.'],
    ['Toplamda 3 değil.', 'Toplamda 3.'],
    ['Dus het zijn er minstens 6.', 'Dus het zijn er 6.'],
    ['Siis vähintään 6.', 'Siis 6.'],
    ['Nein, es regnet.', 'Ja, es regnet.'],
    ['5 + 1 = 6\n\nEr hat nicht 6 Äpfel.', '5 + 1 = 6\n\nEr hat 6 Äpfel.'],
    ['x_1 = 2,\\quad x_2 = 3', 'x_1 = 4,\\quad x_2 = 3'],
    ['$x_{1}=2,\\quadx_{2}=3$', '$x_{1}=4,\\quadx_{2}=3$'],
    ['12 km (15 km)', '12 km'],
    [
      'Here are 2 riddles.\n\nWhat has a neck but no head?',
      'Here are 2 riddles.\n\nWhat has keys but no locks?',
    ],
    ['The price of 5 pens is low.', 'The price of 5 pens is high.'],
    ['Rp74.000', 'Rp74'],
    ['R$ 250,00', 'US$ 250,00'],
    ['3. Oktober 1990', '3. November 1990'],
    [
      'The row is: $\\begin{pmatrix} 0 & 1 \\end{pmatrix}$',
      'The row is: $\\begin{pmatrix} 1 & 1 \\end{pmatrix}$',
    ],
    ['```\nlet x\n```', '```\nlet y\n```'],
    ['a = 1, 2, 3', 'a = 1, 2, 4'],
    ['p=5,q=2;p=7,q=2', 'p=5,q=2;p=7,q=3'],
    ['2x < 4', '2x > 4'],
    ['-x > 1', 'x > -1'],
    ['The first president was George Washington.', 'The first president was John Adams.'],
    ['Birlikte 36 bilyeleri var.', 'Toplam 36 bilyeleri yok.'],
    ['She uses 3 of 5 pens.', '5'],
    ['There must be fewer than 36 of them.', '36'],
    ['Hänellä ei ole 36 palloa.', '36'],
    ['Among the choices, B is wrong.', 'B'],
    ['Either A or B fits best.', 'B'],
    ['The winner is **No. 5**.', 'No'],
    ['A dog has four legs.', 'A'],
    ['The range is 3-5.', '5'],
    ['Antwort B ist falsch.', 'Antwort B ist richtig.'],
    ['So $x < 36$ holds.', '36'],
    ['高さは3mです。', '高さは3cmです。'],
    ['높이는 3m입니다.', '높이는 3cm입니다.'],
    ['Высота равна 3 м.', 'Высота равна 3 см.'],
    ['Also sind es 3 Zentimeter.', 'Also sind es 3 Meter.'],
    ['Donc il faut 3 jours.', 'Donc il faut 3 heures.'],
    ['高度为3米。', '高度为3厘米。'],
    ['Use a 5 mm drill.', 'Buy a 5 mm screw.'],
    ['Use it with **care**.', 'Use it with **joy**.'],
  ] as const)
    t.notOk(shared(one, other), `${one} | ${other}: ${answerKeys([one]).join('')}`)
})

t.test(
  'sentences with different measures never share a vote, even if another answer has no unit',
  async t => {
    for (const texts of [
      ['Bilen kör 84 km.', 'Bilen kör 84 m.', '84'],
      ['Bilen kör 84 km.', '84 m', '84'],
    ]) {
      const [one, other] = answerKeys(texts)
      t.not(one, other, texts.join(' | '))
    }
  },
)

t.test('a unit in another language is part of the answer', async t => {
  for (const forms of [
    ['3 m', '高さは3mです。', 'Высота равна 3 м.', '高度为3米。', 'Die Höhe beträgt 3 Meter.'],
    ['3 cm', '높이는 3cm입니다.', 'Donc 3 centimètres.', 'Also sind es 3 Zentimeter.'],
  ])
    t.ok(shared(...forms), answerKeys(forms).join(' | '))
})

t.test('values in other forms share a vote', async t => {
  for (const forms of [
    ['-x > -1', 'x < 1', '2x + 3 < 5', '1 > x'],
    ['3 - x ≤ x', 'x ≥ 3/2', r`x \ge \frac{3}{2}`],
    ['a = 4, -8, -10', 'a = -10, -8, 4'],
    ['p=5,q=2;p=7,q=2', '(5,2),(7,2)'],
    [r`\boxed{2x+4y-3=0}`, r`\boxed{y=-\frac{1}{2}x+\frac{3}{4}}`],
    ['12 ft', '12 feet', '12 foot'],
    ['US$5', '$5', '5 dollars'],
  ])
    t.ok(shared(...forms), answerKeys(forms).join(' | '))
})
