"""Quiz of lesson 06."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "How many blocks of weights stand side by side in W, and what for?",
        wrong("3: one for each gate", "There are three gates, but the candidate g is computed from x and h as well, "
                                      "with weights of its own."),
        right("4: for i, f, g and o", "Three gates and the candidate. So an LSTM has four times the parameters of a "
                                      "simple recurrent network."),
        wrong("5: for i, f, g, o and c", "c = f ⊙ c + i ⊙ g has no weights. It is computed from the other four.")),
    Question(
        "What does an LSTM layer hand to the next layer?",
        wrong("c, because that is its memory", "c stays inside: it only goes on to the next step of the same layer. "
                                               "With o = 0 nothing of it is seen outside."),
        right("h = o ⊙ tanh(c)", "What the output gate shows of the memory. It also goes back to the gates at the "
                                 "next step."),
        wrong("Both, h and c", "Between layers only h. Between *steps* both go on.")),
    Question(
        "Why σ for the gates i, f and o?",
        right("A gate is a share, and σ gives a number between 0 and 1", "So f can keep anything from nothing to "
                                                                         "all, and never changes the sign."),
        wrong("Because its derivative is simple", "That of tanh is just as simple. What counts is the range of its "
                                                  "values."),
        wrong("Because it is exactly 0 or 1", "It is strictly between. Only with a large |z| does it come near.")),
    Question(
        "Why tanh for the candidate g?",
        wrong("Because its second derivative is large", "You may read that, but the training of this course uses "
                                                        "no second derivative."),
        right("What is written should have a sign and a limit", "Between −1 and 1: a write can raise or lower the "
                                                                "memory, by at most 1."),
        wrong("Because it is a gate like the others", "g is no share but a value. That is why it may be negative.")),
    Question(
        "An LSTM with 128 units reads 28 steps, then 56. What happens to the number of units?",
        wrong("It doubles: one cell for each step", "The drawing is repeated for each step, the layer is not: the "
                                                    "same 128 units run again."),
        right("It stays 128", "The number of units is chosen, the number of steps comes with the data. All steps "
                              "use the same weights."),
        wrong("It becomes 4 · 128", "4H is the width of W: four numbers for each unit, whatever the number of "
                                    "steps.")),
)
