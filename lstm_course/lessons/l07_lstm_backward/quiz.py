"""Quiz of lesson 07."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "The loss looks at h alone, at every step. What is dc at the last step, T?",
        wrong("1, as the loss itself starts with 1", "A 1 stands at the loss itself. From there to c lead a product "
                                                     "with o and a tanh, and each brings a factor."),
        wrong("0, as no later step uses this c", "Nothing comes along c. But this c makes h of its own step, and the "
                                                 "loss looks at that."),
        right("dh times o, times a slope", "Yes: dc_next is 0, and what comes through h is left.")),
    Question(
        "In one unit the output gate is shut at a step, o = 0. What is dc of this unit at this step?",
        wrong("0, as the unit shows nothing", "It shows nothing now. But c goes on into the next step, and may be "
                                              "shown there."),
        right("dc_next, and nothing else", "Yes: the way through h is multiplied by o, which is 0. The way along c is "
                                           "not."),
        wrong("what comes through h alone", "What comes through h is multiplied by o, and that is 0 here.")),
    Question(
        "In one unit the candidate is g = 0 at a step. Which of its gradients is 0 for sure?",
        right("dz_i, of the input gate", "Yes: in i ⊙ g the other factor of i is g. Nothing is there to be written, so "
                                         "it does not matter how much of it is."),
        wrong("dz_g, of the candidate", "Its other factor is i, and its slope 1 − g² is even largest at g = 0."),
        wrong("dz_f, of the forget gate", "Its other factor is c_prev, in which this g does not occur.")),
    Question(
        "All gradients of your backward pass are exactly a third of the right ones. B is 3. What happened?",
        wrong("one of the four gates was left out", "Then one block of columns would be wrong, and the others right."),
        wrong("one of the three steps was left out", "What a step adds is no fixed share of the sum: the error would "
                                                     "not be the same factor in all entries."),
        right("a mean was taken over the sequences", "Yes: where the loss is a sum, the gradient is one. An error that "
                                                     "is exactly a factor asks for a sum or a mean.")),
    Question(
        "A check has one step, from h₀ = c₀ = 0, and compares W, U and b. In a program dz_f is 0, always. What does "
        "the check say?",
        wrong("W and b are wrong, in the block f", "They would be if c₀ were not 0: f multiplies c_prev, and here that "
                                                   "is c₀."),
        right("all is right, for dz_f is 0 there", "Yes: f multiplies c₀ = 0, so nothing depends on it. One step from "
                                                   "0 cannot test the forget gate."),
        wrong("U is wrong, as f reads the state", "f reads h₀ = 0, so its block of the gradient of U is 0 in any "
                                                   "case.")),
)
