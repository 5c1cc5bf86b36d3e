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
        "A gradient check with T = 1 passes. What does it prove?",
        wrong("That the gradient is right", "Five of the ten mistakes of this lesson pass a check with T = 1, even "
                                            "from a state that is not 0."),
        right("Little: all that is carried from step to step is untested", "Yes: with one step nothing is carried, and "
                                                                           "nothing is added up."),
        wrong("That it is right for each single step, so for all", "The eleven lines may each be right where they are "
                                                                   "tested. dh_next, dc_next and += act only from T = "
                                                                   "2 on.")),
    Question(
        "A program computes h = o ⊙ c, without the tanh, and its gradient check passes. What follows?",
        wrong("It is an LSTM after all", "The check compares the backward pass with the program's own forward pass. It "
                                         "does not know what you wanted to compute."),
        wrong("The check is broken", "It did its work: this backward pass is the derivative of this forward pass."),
        right("Its backward pass belongs to its forward pass, and no more", "Yes: whether the forward pass is the "
                                                                            "right one, other tests must tell.")),
    Question(
        "All four gate matrices of an LSTM start equal. Can it learn?",
        right("Yes: the gates have different roles, so their gradients differ", "Yes: after one update the four "
                                                                               "matrices differ. It is a bug, but not "
                                                                               "a fatal one."),
        wrong("No: equal matrices stay equal forever", "That holds for *units* that start equal and play the same "
                                                       "role. Gates play different roles."),
        wrong("Yes, and it makes no sense to draw them apart", "It is not what the author meant, and one seed then "
                                                               "gives a quarter of the different numbers.")),
    Question(
        "All gradients of your backward pass are exactly a third of the right ones. B is 3. What happened?",
        right("A mean over the sequences, where the loss is a sum", "Yes: an error that is exactly a factor is a "
                                                                    "question of sum or mean."),
        wrong("The learning rate is too small", "The rate does not enter the gradient."),
        wrong("One of the four gates is missing", "Then some columns would be 0 or wrong, not all of them by the same "
                                                  "factor.")),
)
