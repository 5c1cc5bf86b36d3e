"""Quiz of lesson 02."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "y = w · 2 should be 6, and w = 4. In which direction does a step of gradient descent move w?",
        wrong("Up, because the slope is positive there", "At w = 4 the output 8 is too large. The slope is positive: "
                                                         "the loss grows with w, so the step goes against it."),
        right("Down, because the loss grows with w there", "The slope is (8 − 6) · 2 = 4, and the step goes against "
                                                           "it: back towards 3."),
        wrong("Down, because weights shrink in training", "At w = 2 the slope is negative and the step goes up. The "
                                                          "sign of the slope decides, nothing else.")),
    Question(
        "A program reports a score of 100 %. Which finding shows that this number says nothing about the network?",
        wrong("With another seed the score is 90 %", "Then the number depends on luck, but it does say something "
                                                     "about this network."),
        wrong("On longer numbers the score is 60 %", "That shows where the network's knowledge ends; the 100 % may "
                                                     "still be true of short numbers."),
        right("Without training the score is 100 %", "A network with random weights cannot add. If it scores 100 % "
                                                     "too, the program looks at something else, such as the label.")),
    Question(
        "A network adds two numbers of 64 columns. How many situations must its state tell apart after column 40?",
        right("2, however many columns there were", "What the next columns need of the first ones is whether a 1 is "
                                                    "handed on. The bits that are done are needed no more."),
        wrong("41, one for every column so far", "The rule of a column is the same in column 3 and in column 40. Its "
                                                 "number is not needed."),
        wrong("2⁴¹, one for every sum so far", "The bits of the sum have been given already. Nothing that comes later "
                                               "depends on them.")),
    Question(
        "A network gets each bit right with probability 0.9, independently. How many of its 8-bit sums are right?",
        wrong("90 %, as many as of the bits", "A sum is right only if all its bits are. Eight of them are all right "
                                              "less often than one."),
        right("43 %, since all eight must be right", "0.9⁸ = 0.43. Nine bits of ten sound like much, and yet most sums "
                                                     "are wrong."),
        wrong("20 %, since eight times 10 % is lost", "Errors in the same sum count once, so less is lost than the sum "
                                                      "of the eight: 0.9⁸ = 0.43 is left.")),
)
