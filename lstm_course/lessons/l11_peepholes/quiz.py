"""Quiz of lesson 11."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "An article says of the ordinary LSTM that its gates read c_{t−1}. Do they?",
        wrong("Yes, that is how they know what is in the memory", "In the ordinary LSTM the sum z = x W + h U + b has "
              "no c in it. The lesson changed c, and no gate moved."),
        right("No, only an LSTM with peepholes does that", "And the article's own program has none, either."),
        wrong("Yes, through h_{t−1}, which is the same thing", "h is what the output gate lets out. With o = 0 it says "
                                                               "nothing about c.")),
    Question(
        "Which c does the peephole of the output gate see?",
        wrong("c_{t−1}, like those of i and f", "Then the counter would fire one step late."),
        right("c_t", "When o is computed, c_t is there already. i and f can only see c_{t−1}, because c_t is "
              "made from them."),
        wrong("Both, one after the other", "There is one weight and one c for each peephole.")),
    Question(
        "Did the LSTM of 1997 have a forget gate?",
        wrong("Yes, it is the heart of the LSTM", "It is today. But it came with Gers, Schmidhuber and Cummins in "
              "2000."),
        right("No: its memory could only add", "f = 1, the constant error carousel. On strings without end none of our "
              "ten runs got more than 68 % right; a coin has 50 %."),
        wrong("Yes, but without a bias", "There was no gate there at all: c = c + i · g.")),
    Question(
        "A cell has more gates than another one. Is it better?",
        right("That has to be measured, on the task", "With i = 1 − f, one gate fewer, adding was learned sooner in "
              "our runs; but the first biases differed, too."),
        wrong("Yes: what it does not need, it can learn to ignore", "That is what one would hope. In our runs coupled "
                                                                    "gates, one gate fewer, did not learn worse."),
        wrong("No: fewer gates are always better", "Without f, the Reber strings were learned in no run.")),
    Question(
        "Greff et al. found i not to be among the most critical parts. In our adding runs nothing is learned without "
        "it. Who is wrong?",
        wrong("Greff et al.: our runs refute them", "They measured other tasks: speech, handwriting, music. And ours "
              "are few and small."),
        wrong("We are: 5 400 runs count more than ours", "The number of runs makes each result surer, it does not "
              "carry it over to another task."),
        right("Neither: which part matters depends on the task", "And on the settings. A reason that fits: adding "
                                                                 "needs number times marker in one step, as i · g.")),
)
