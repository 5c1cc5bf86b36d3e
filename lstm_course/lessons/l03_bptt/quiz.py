"""Quiz of lesson 03."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "Why is the gradient of u a sum over the steps?",
        wrong("Because each step has its own u", "On paper only, to keep the uses apart. There is one number u; its "
                                                 "uses share it, and so the derivatives of all uses are added."),
        right("Because one u is used at every step", "Yes: a small change of u changes every use of it at once, and to "
                                                     "first order the effects add up."),
        wrong("It is an average, to make it less noisy", "Nothing is divided by T. If u is used twice as often, its "
                                                         "effect on the loss may be twice as large.")),
    Question(
        "What is backpropagation through time?",
        wrong("A learning rule of its own, made for recurrent networks", "Nothing new is needed: once the loop is "
                                                                         "unrolled, the chain rule does it all."),
        wrong("Going back in time and changing the weights after each step", "The gradient is collected over all steps "
                                                                             "first. Then the weights change once."),
        right("Ordinary backpropagation on the unrolled network", "Yes: unroll, apply the chain rule, and add up the "
                                                                  "contributions of shared weights.")),
    Question(
        "What does step t contribute to the gradient of U?",
        right("The state before it, h of step t - 1, times delta of step t", "Yes: in the forward pass U was "
                                                                             "multiplied by the state before."),
        wrong("The state h of step t times delta of step t", "h of step t is what comes out. U was multiplied by what "
                                                             "went in, the state before."),
        wrong("Only the last step contributes", "The last step's part is often the largest, but every use of U with a "
                                                "state that is not 0 contributes.")),
    Question(
        "A gradient check with T = 1 and h = 0 at the start passes. What does it prove about the gradient of U?",
        wrong("That it is right", "With T = 1 and a state of 0, U multiplies nothing: its gradient is 0 whatever you "
                                  "write."),
        right("Nothing", "Yes: U has no effect there. Check with at least 3 steps, 2 sequences and a state that is "
                         "not 0."),
        wrong("That it is right for one step, so it is right for all", "What is carried from step to step, and added "
                                                                      "up, is exactly what one step does not have.")),
    Question(
        "A network learns its task well. What follows for its gradient?",
        wrong("It is right, else it could not learn", "The adder also learns with an untransposed U in its backward "
                                                      "pass. Roughly downhill is enough to learn something."),
        wrong("It is right up to a constant factor", "The wrong gradients of this lesson point in another direction, "
                                                     "and yet most of the sums come out right."),
        right("Little: only a gradient check shows that it is right", "Yes: a wrong gradient can learn, too, only "
                                                                      "worse, and you would not notice.")),
)
