/** How approaches differ on purpose from the papers that they are named after. */
export const differences: Readonly<Record<string, string>> = {
  ab_mcts:
    'Each model writes one of the first answers in turn, answers are made in batches, and the scores of equal answers add up; the paper takes the answer with the highest score.',
  cascade:
    'Agreement, a grade or log probabilities decide whether an answer is good enough; the paper trains a scorer, and the order and thresholds of the models.',
  cepo: 'No temperatures are set (the original has 0.55, 0.25, 0.1 and 0 for its four steps), proposals that agree are not reviewed, and grades are from 0 to 10 and count for each answer that is equal.',
  cove: 'The factored form with one call for each of at most five questions, without examples in the prompts; the revision compares draft and checks itself, without a call of its own for that.',
  deepthink:
    'A plan is made for each question, of 24 ways of thinking in place of 39 modules; only the choice of these is kept for tasks of one kind.',
  fusion:
    'The panel searches no web and calls no tools, the comparison is text and not JSON, and answers that all agree are not merged.',
  genselect:
    'No model is trained for it: whole answers are compared and not summaries of them, only those that differ, and draws count as votes.',
  leap: 'Two attempts are made at each of four examples, not 15, and for each request; principles are condensed only if there are too many.',
  longcepo:
    'A text is read twice, for all questions of the plan at once; LongCePO reads it once for each ([decision 14](decisions/0014-methods-that-plan.md)).',
  majority_voting:
    'Up to 8 answers are drawn, not 40, until the vote is decided ([arXiv 2305.11860](https://arxiv.org/abs/2305.11860)), and the model breaks ties.',
  mcts: 'A draft is refined `width` times at once, and its grade comes with its review, which may give full marks and so end the search; the paper demands harsh grades, forbids full marks, grades again at each visit and lowers rewards above 95 of 100. Grades of equal answers add up ([decision 10](decisions/0010-mcts-searches-answers.md)).',
  moa: 'There is one round of drafts, not three; drafts by one model get a critique, as in OptiLLM, and drafts that agree are not merged.',
  pick: 'The kind of the task decides; the paper also goes by the kind of the model and the budget.',
  plansearch:
    'Three sets of observations are used, not all, without pseudocode and second sketches, and votes or grades choose instead of tests ([decision 14](decisions/0014-methods-that-plan.md)).',
  pvg: 'The paper trains provers and verifier; here decoys show at inference whether the verifier can be trusted ([decision 12](decisions/0012-mars-and-pvg.md)).',
  re2: 'Of a message of more than about 4,000 tokens, only the last paragraph is repeated, and no "Let\'s think step by step" is added.',
  rsa: 'The default is 5 solutions, made of 3 each in 2 steps, not 16, 4 and 10; the first solutions vote, too, and agreement or a decided vote ends it.',
  rstar:
    'Lines of reasoning are finished directly, five of them by default, and checked once from their first half ([decision 11](decisions/0011-rstar-draws-its-values.md)).',
  rto: 'The paper measures how far the two answers agree; here they are reconciled if they differ.',
  self_consistency:
    'Up to 5 answers are drawn, not 40, until the vote is decided ([arXiv 2305.11860](https://arxiv.org/abs/2305.11860)); a call compares answers that have no result to count ([arXiv 2311.17311](https://arxiv.org/abs/2311.17311)).',
  sets: 'Each different answer is verified once, after a comparison and as a proof ([arXiv 2502.01839](https://arxiv.org/abs/2502.01839)), and corrected once; a refuted answer keeps half its votes, since verifiers err, and the paper replaces it.',
}
