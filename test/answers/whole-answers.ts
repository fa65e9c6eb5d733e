const r = String.raw

/** Whole answers as models write them, by subject: the final answer that a grader reads, and the answers that end in it. */
export const wholeAnswers: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>> = {
  boxes: [
    [
      r`\frac{3}{8}`,
      r`There are $\binom{4}{2}=6$ ways of $16$.` +
        '\n\n' +
        r`Thus the probability is $\boxed{\frac{3}{8}}$.`,
    ],
    ['70', r`We add the cases: $20 + 50 = 70$.` + '\n\n' + r`\[ \boxed{070} \]`],
    [r`2\sqrt{5}`, r`By Pythagoras, $d = \sqrt{4^2 + 2^2} = \boxed{2\sqrt{5}}$ units.`],
    ['2, 3', r`So the solutions are $x = \boxed{2}$ and $x = \boxed{3}$.`],
    ['(a) 5 (b) 7', r`(a) The mean is $\boxed{5}$.` + '\n\n' + r`(b) The median of the list is $\boxed{7}$.`],
    [
      '(a) 5 (b) 7',
      r`**Part A:** We add and divide, which gives \boxed{5}.` +
        '\n' +
        r`**Part B:** Sorting shows \boxed{7}.`,
    ],
    ['(1) 12 (2) 15', r`1. Half of 24 is $\boxed{12}$.` + '\n' + r`2. Half of 30 is $\boxed{15}$.`],
    ['B', r`Only the second option has the right sign.` + '\n\n' + r`$\boxed{\textbf{(B)}}$`],
  ],
  prose: [
    ['18', 'Janet sells 16 - 3 - 4 = 9 eggs a day.\nShe makes 9 * 2 = $18 every day.\n#### 18'],
    ['$18', 'She sells 9 eggs at $2 each.\n\nSo she makes **$18** every day at the market.'],
    ['3', 'It takes 2/2 = 1 bolt of white fibre.\nSo the total is 2 + 1 = 3 bolts.'],
    ['70000', 'The profit is 200,000 - 130,000 = 70,000.\n\nThe answer is $70,000.'],
    ['540', 'He runs 3*3 = 9 sprints a week.\nSo he runs 9*60 = <<9*60=540>>540 meters a week.\n#### 540'],
    [
      '20 cups',
      'The rest is 60 - 40.\nTherefore, she needs to give the chickens 20 cups of feed in the final meal.',
    ],
    ['not 43 but 42 ~ 42', 'Counting again, the answer is not 43 but 42.'],
    ['42', 'Let me recheck.\n\nThe final answer is 42, not 43.'],
    ['33', 'Thus $m+n = 33$.'],
    ['204', 'The walk takes 3 hours 24 minutes.\n\n**Answer: 204**\n\nThis can be checked by hand.'],
    ['10', '### Solution\nFive pairs make ten.\n\n### Answer\n10\n\n### Explanation\nEach pair has 2.'],
  ],
  units: [
    ['2.5 hours', 'Distance over speed gives 2.5.\nSo the trip takes 2.5 hours.'],
    ['2.5 days', 'Two and a half.\nSo the trip takes 2.5 days.'],
    [r`12\pi`, r`The radius is known.` + '\n' + r`The area of the circle is $12\pi$.`],
    ['9.8 m/s^2', r`Hence the acceleration is $9.8 \text{ m/s}^2$.`],
    ['5 cm', 'Using the theorem, the hypotenuse is 5 cm.'],
    ['45°', r`Therefore, the angle is $45^\circ$.`],
    ['25%', 'So the increase is **25%**.'],
    ['3.2 * 10^5 J', r`Therefore the energy is $3.2 \times 10^5$ J.`],
  ],
  equations: [
    ['x^2+y^2=25', r`The circle has centre at the origin.` + '\n\n' + r`$$x^2 + y^2 = 25$$`],
    ['y = 2x + 1', 'The slope is 2 and the intercept 1.\n\nSo the line is y = 2x + 1.'],
    ['x = 1 or x = 2', 'Factoring gives (x - 1)(x - 2) = 0.\n\nTherefore x = 1 or x = 2.'],
    ['x = 3 and y = 4', 'Adding both equations.\n\nSo x = 3 and y = 4.'],
    ['x = 3, y = 4', r`Adding both gives the solution:` + '\n\n' + r`$x = 3, \; y = 4$`],
    ['5', 'Subtract 3 from both sides:\n\nx = 5'],
    ['5', 'Subtract 3 from both sides.\n\n**x = 5**'],
    [r`\frac{1}{3}`, r`We count outcomes:` + '\n\n' + r`$$P(A) = \frac{4}{12} = \frac{1}{3}$$`],
    ['42', 'We multiply.\n\n6 × 7 = 42'],
    ['42', 'Area = length × width = 6 × 7 = 42'],
    ['24', r`$$\text{Area} = 4 \cdot 6 = 24$$`],
    [r`\frac{x^3}{3} + C`, r`$$\int x^2 \, dx = \frac{x^3}{3} + C$$`],
    ['2x', "f'(x) = 2x"],
    ['x > 3', 'Divide by 2.\n\nSo the solution is x > 3.'],
    ['3x^2 + 2', r`**Final Answer**: $f'(x) = 3x^2 + 2$`],
  ],
  choices: [
    ['B', 'The momentum is conserved.\n\nThe correct answer is (B) 4.5 × 10^-9 s.'],
    ['D', 'A, B and C all fail.\n\nSo D is the correct choice.'],
    ['C', 'Energy differences matter here.\n\n**Answer: C**'],
    ['C', 'Energy differences matter here.\n\nThe correct option is **C. 10^-4 eV**'],
    ['A', 'Hence, the best answer is option A, since it alone has the symmetry.'],
    ['A, C', 'The second is false.\n\nThe correct answers are A and C.'],
    ['J', 'Of the ten, only the last holds.\n\nThe answer is (J).'],
    ['B', 'Therefore, the answer is **B**: the enzyme is inhibited.'],
    ['B', 'I would choose B because the enzyme is inhibited.'],
    ['D', 'Both statements hold, which means that option D must be correct.'],
  ],
  parts: [
    ['(a) 5 (b) 7', 'First I add.\n\n(a) 5\n(b) 7'],
    ['(a) 5 (b) 7', '**(a)** The sum is 5.\n\n**(b)** The product is 7.'],
    ['(a) 5 (b) 7', 'Working:\n3 + 2, and 7 * 1.\n\nFinal answers:\n- (a) 5\n- (b) 7'],
    ['(a) 5 (b) 7', 'Answer: (a) 5, (b) 7'],
    ['(a) 5 (b) 7', 'Part A: 2 + 3 = 5\nPart B: 1 * 7 = 7'],
    ['(a) 12 m (b) 3 s', 'a) The ball rises 12 m.\nb) It takes 3 s.'],
    ['(i) yes (ii) no', '(i) Yes, it converges.\n(ii) No, it does not.'],
    ['(1) 4 (2) 9', 'Answers:\n1. 4\n2. 9'],
  ],
  words: [
    ['Paris', 'France has had several capitals.\n\nThe capital is **Paris**.'],
    ['Paris', 'The answer is Paris, the city on the Seine.'],
    ['Yes', 'We test the divisors up to 4.\n\nSo yes, 17 is prime.'],
    ['No', '**No.** 51 is 3 times 17.'],
    ['Marie Curie', 'Final answer: Marie Curie (1867–1934)'],
    ['false', 'The claim fails for n = 2.\n\nTherefore, the statement is false.'],
  ],
  languages: [
    ['42', 'Wir rechnen 6 · 7.\n\nAlso ist das Ergebnis 42.'],
    ['42', 'Donc la réponse finale est **42**.'],
    ['42', '6 乘以 7。\n\n因此，答案是 42。'],
    ['B', '所以正确答案是 B。'],
    ['42', 'Vậy đáp số là 42.'],
    ['42', 'Por lo tanto, la respuesta correcta es 42.'],
    ['42', 'したがって、答えは42です。'],
    ['42', 'إذن الجواب هو 42.'],
  ],
  code: [
    [
      '```python\ndef add(a, b):\n    return a + b\n```',
      'Here it is:\n```python\ndef add(a, b):\n    return a + b\n```\nUsage:\n```python\nprint(add(1, 2))\n```',
    ],
    [
      '```python\ndef add(a, b):\n    return a + b\n```',
      'A first try:\n```python\ndef add(a, b):\n    return a - b\n```\nThat has the wrong sign:\n```python\ndef add(a, b):\n    return a + b\n```',
    ],
    [
      '```js\nfunction f(x) {\n  return x * 2\n}\n```',
      '```bash\nnpm install x\n```\n```js\nfunction f(x) {\n  return x * 2\n}\n```\nOutput:\n```\n4\n```',
    ],
    [
      '```python\ndef add(a, b):\n    return a + b\n```',
      '```python\n# Adds two numbers\ndef add(a, b):\n    return a + b  \n```\nThis runs in O(1).',
    ],
    [
      '```cpp\n#include <iostream>\nint main() { std::cout << 1; }\n```',
      'The solution reads nothing.\n```cpp\n#include <iostream>\nint main() { std::cout << 1; }\n```\nExample:\nInput: `5`\nOutput: `1`',
    ],
    ['```sql\nSELECT 1\n```', 'Try this query:\n```sql\nSELECT 1\n```\nIt returns 1.'],
  ],
  json: [
    ['5', '{"reasoning": "2 + 3", "answer": 5}'],
    ['5', 'Here is the result:\n```json\n{"steps": ["add"], "answer": "5", "confidence": 0.9}\n```'],
    ['{"name": "Ann", "age": 5}', 'Here you are:\n```json\n{"age": 5, "name": "Ann"}\n```'],
    ['{"answer": 5, "unit": "km"}', '{"answer": 5, "unit": "km"}'],
    ['{"steps": ["mix", "bake"]}', '{"steps": ["mix", "bake"]}'],
    ['{"label": "spam"}', 'The label is as follows:\n\n{"label": "spam"}'],
  ],
}
