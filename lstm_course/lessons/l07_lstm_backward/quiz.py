"""Quiz of lesson 07."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "On which roads does the gradient come back into the memory of step t - 1?",
        wrong("On one: through f, from the memory of step t", "That is the direct road. But the memory also makes h of "
                                                              "its own step, and h goes to the loss and into the gates "
                                                              "of step t."),
        right("On two: through f, and through h of step t - 1", "Yes: along c, times f; and through h, times o and the "
                                                                "slope of tanh."),
        wrong("On four: one for each gate", "The gates look at h, not at c. Their four parts come together in dh "
                                            "before they reach c.")),
    Question(
        "What is dc at the last step, T, if the loss looks at h alone?",
        wrong("1, as the loss starts with 1", "A 1 stands at the loss itself. What arrives at c is a product of "
                                              "slopes."),
        wrong("0, because nothing comes after it", "Nothing comes along c, but c of step T makes h of step T, and the "
                                                   "loss looks at that."),
        right("0 from the next step, plus what comes through h", "Yes: dc_next is 0, and line 2 adds dh ⊙ o ⊙ "
                                                                 "(1 − tanh²c).")),
    Question(
        "A check with T = 1 has its loss on the output and compares W, U and b. It passes. What does it say about line "
        "7, dc_prev, and line 8, dh_prev?",
        wrong("They are right, as W, U and b are", "One step does not use them for W, U and b: the step before would, "
                                                   "and there is none."),
        right("Nothing, their results are not used", "Yes. With a second step they are used; or compare the gradients "
                                                     "of h₀ and c₀, which are these two results."),
        wrong("They are right for the first step only", "Not even that: at T = 1 nothing that is compared depends on "
                                                        "what they give.")),
    Question(
        "All gradients of your backward pass are exactly a third of the right ones. B is 3. What happened?",
        right("A mean over the sequences, where the loss is a sum", "Yes: an error that is exactly a factor is a "
                                                                    "question of sum or mean."),
        wrong("The learning rate is too small", "The rate does not enter the gradient."),
        wrong("One of the four gates is missing", "Then some columns would be 0 or wrong, not all of them by the same "
                                                  "factor.")),
)
