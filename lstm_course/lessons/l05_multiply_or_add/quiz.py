"""Quiz of lesson 05."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "The memory is written by adding. Is the gradient ∂c_T/∂c₀ then always 1?",
        wrong("Yes, adding has the slope 1", "Adding has, but the old memory may go through a gate first: in "
                                             "f · c + i · m the slope is f, and over T steps the product of all f."),
        right("Only if every f is 1, and f, i and what is added do not depend on c",
              "Then each step has the slope 1. With f = 0.95 only 0.358 is left after 20 steps."),
        wrong("No, it fades as with multiplying, always", "With f = 1 throughout, and if what is added does not "
                                                          "depend on c, it is exactly 1 for any number of steps.")),
    Question(
        "The forget gate stands at f = 1. What happens to the memory?",
        right("It is kept", "c ← 1 · c + i · m: the old memory passes untouched."),
        wrong("It is forgotten", "The name misleads: f is the share that is *kept*. f = 0 forgets."),
        wrong("It is overwritten by the input", "That takes f = 0 and i = 1.")),
    Question(
        "A gate is σ(z) for some number z. Which values can it have?",
        wrong("0 or 1", "That is a switch. σ is smooth, which is why it can be learned: its slope says which way to "
                        "turn."),
        wrong("Any number between −1 and 1", "That is tanh. A gate that lets a negative share through would turn the "
                                             "sign of the memory."),
        right("Any number strictly between 0 and 1", "σ(20) = 0.999999998, still not 1. “f = 1” is an abbreviation "
                                                     "for “very near to 1”.")),
    Question(
        "Rule (b) has the gradient 1. Why is it still a bad memory?",
        right("Whatever arrives is added, and nothing is ever taken away", "After T steps with noise of size s the "
                                                                           "error is about s√T, and an old number "
                                                                           "cannot be erased."),
        wrong("Because the gradient fades anyway", "It does not: it is exactly 1 for any T. The gradient is one thing, "
                                                   "the stored value another."),
        wrong("Because adding is slower than multiplying", "Time plays no part here. Look at what is in the memory "
                                                           "after 20 noisy steps.")),
)
