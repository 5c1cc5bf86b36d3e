"""Quiz of lesson B."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ_TITLE = "Quiz of the bug museum"
QUIZ = (
    Question(
        "Each picture belongs to exactly one of three classes. A program prints: over all 80 % are right; by class "
        "95 %, 90 % and 85 %. What follows?",
        wrong("one class has many more pictures", "Whatever the sizes are, the whole lies between the lowest and the "
                                                  "highest class."),
        right("at least one number is wrong", "Yes: the whole is a weighted mean of the classes, and 80 is below all "
                                              "of them."),
        wrong("most mistakes are in one class", "Then the share of that class is low. The lowest printed one is 85, "
                                                "and the whole cannot be below it.")),
    Question(
        "Which test notices loop F, which goes back to h0 after every two steps?",
        wrong("T = 2, with an h0 that is not 0", "Up to step 2 loop F does nothing wrong. There must be a third."),
        wrong("T = 3, with a U that is all 0", "With U = 0 no state counts in the next step, so nobody sees which one "
                                               "was handed on."),
        right("T = 3, with a single sequence", "Yes: step 3 is the first that gets a wrong state, and one sequence is "
                                               "enough to see it.")),
    Question(
        "σ has lost its minus in a program, s = 1 / (1 + eˣ), and the slope is computed as s (1 − s). What does it "
        "give at x = 2?",
        right("0.105, the slope of the right σ", "Yes: without the minus s is 1 − σ(x), and the product is the same. "
                                                 "A check of this function alone finds nothing."),
        wrong("−0.105, the slope of the wrong σ", "That would fit its own σ, which falls. But s and 1 − s are "
                                                  "positive, and so is their product."),
        wrong("−2, as x (1 − x) gives it at 2", "Here s stands in the formula, not x.")),
    Question(
        "A text speaks of an LSTM with 3 inputs and 5 units. Its W holds 15 numbers, its U 25. How many gates has it?",
        wrong("three, and a candidate", "Three gates and a candidate need four blocks: 60 and 100 numbers."),
        right("none: one block each", "Yes: 3 · 5 and 5 · 5 are one block, that of a simple recurrent network."),
        wrong("four, as every LSTM has", "An LSTM has three gates, and with its candidate four blocks. Count the "
                                         "numbers of one block.")),
    Question(
        "Ten classes, labels drawn at random, and every batch comes once. Each batch is scored before the network "
        "learns from it. What does the accuracy do?",
        wrong("it rises from 10 % to 100 %", "What was learned by heart from other batches is no help with labels "
                                             "that are drawn anew."),
        wrong("it stays well above 10 %", "That is the score after the update. Before it the network cannot know the "
                                          "labels of the batch."),
        right("it stays at about 10 %", "Yes: there is nothing to learn that holds for the next batch.")),
)
