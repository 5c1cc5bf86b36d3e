"""Quiz of lesson 14."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "Two networks have perplexity 60 on the same text. In one vocabulary 2 % of its tokens are □, in the other "
        "20 %. Which network predicts words better?",
        wrong("both equally well", "□ is one token, and easy to guess where it is frequent. The second network has an "
                                   "easier task, and only gets as far."),
        right("the one with 2 %", "Yes: to name the words behind its many □, the other one would need more "
                                  "surprise in ten times as many places. Compare on words that both know."),
        wrong("the one with 20 %", "A fifth of its points come from □, which is no word. What it does on words must be "
                                   "worse than 60.")),
    Question(
        "A bigram without smoothing has seen 1000 pairs. In the held-out text one pair in a hundred is new. What is "
        "its perplexity there?",
        right("infinite", "Yes: a single probability of 0 costs an infinite surprise, however rare it is. That is why "
                          "counts are smoothed."),
        wrong("about 100", "A new pair has probability 0, and −log 0 is not 100 but infinite."),
        wrong("about 1000", "The number of pairs does not matter: one pair with probability 0 is enough.")),
    Question(
        "A network gives the next token p = 0.5, then 0.5, then 0.125. What is the perplexity of these three?",
        wrong("8/3: the mean of 2, 2 and 8 less 4/3", "Perplexity averages the logarithms, not the numbers 1/p."),
        wrong("4: the mean of 1/p, which is 2, 2, 8", "That mean is 4, but perplexity averages −log p first, and takes "
                                                      "the exponential at the end."),
        right("32 to the power 1/3, that is about 3.2", "Yes: exp of the mean of −log p is the geometric mean of 1/p, "
                                                        "the third root of 2 · 2 · 8.")),
    Question(
        "The temperature goes towards 0. What does a network write?",
        wrong("what it would write at 1, but with less noise", "The noise goes, and with it all variety: the second "
                                                               "best token is not drawn any more."),
        right("its likeliest token each time, with no chance left", "Yes: each lead is divided by τ and grows without "
                                                                    "limit. Such text soon repeats itself."),
        wrong("all tokens equally often, as nothing is preferred", "That is the other end: a very high temperature "
                                                                   "flattens all differences.")),
    Question(
        "A network guesses vectors, and its guess has cosine 0.95 with the vector of the right word. What has to be "
        "known before this number says something?",
        wrong("how many numbers each of the vectors has", "The length of the vectors alone does not say how near wrong "
                                                          "words are."),
        wrong("how often the network was trained on it", "Even then it is open how near the guess is to wrong words."),
        right("what cosine the guess has with other words", "Yes: if any word has 0.95 or more, the guess says "
                                                            "nothing. With the article's settings it was so.")),
)
