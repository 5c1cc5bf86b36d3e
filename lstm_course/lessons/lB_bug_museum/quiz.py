"""Quiz of lesson B."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ_TITLE = "Quiz of the bug museum"
QUIZ = (
    Question(
        "A blog shows a training loss of 1e-6 and calls its network “almost perfect”. What do you ask first?",
        wrong("How many layers it has", "The size says nothing about what was learned. A loss on training data does "
                                        "not either."),
        right("How it does on data that it has not seen, and how a simple rule does there",
              "A held-out score beside a baseline: cards B9, B13, B16 and B24 fall by this one question."),
        wrong("Whether the loss can get still smaller", "A smaller training loss would prove no more: shuffled labels "
                                                        "can be fitted, too.")),
    Question(
        "A program runs without an error and its loss falls. Is its backward pass right?",
        wrong("Yes, otherwise the loss would rise", "A wrong gradient may point roughly downhill. The adder learned "
                                                    "most sums with BPTT switched off (lesson 03)."),
        wrong("Yes, if the loss falls to nearly 0", "That depends on the task, not on the gradient."),
        right("Not known: compare it with finite differences", "Per parameter block, with several steps "
              "and states that are not 0.")),
    Question(
        "Two texts give different formulas for the GRU. What is likely?",
        wrong("One of them is wrong", "Possible, but first look at the conventions: z or 1 - z, and where r acts."),
        right("They follow different conventions", "Both networks are GRUs. But weights cannot be moved from one to "
                                                   "the other without care."),
        wrong("The difference does not matter", "With the same weights they give different numbers (card E3).")),
    Question(
        "The text says LSTM, the program says `BasicRNNCell`. Which do you believe?",
        wrong("The text: it was written for people", "Texts are copied and retitled. The program computes what it "
                                                    "says."),
        right("The program, and its list of parameters", "No gates in the shapes means no gates in the network "
                                                         "(cards B3, B20, B22)."),
        wrong("Neither", "The program can be run, and its parameters can be printed. That decides it.")),
    Question(
        "You find a mistake in a famous course. What is a good report?",
        right("The page, the date, a few lines that reproduce it, and the repair", "Whoever reads it can check it in a "
              "minute. Everybody's text has mistakes; ours too."),
        wrong("A public list of everything that is wrong there", "Nothing gets mended by that."),
        wrong("None: famous courses have been checked by thousands", "Cards E1 to E6 are about such "
                                                                     "places.")),
)
