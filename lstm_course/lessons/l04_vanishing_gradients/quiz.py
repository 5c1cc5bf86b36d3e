"""Quiz of lesson 04."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "The slope of tanh at 0 is 1. So can the gradient of a tanh network not vanish?",
        wrong("Right: 1 · 1 · 1 · … stays 1", "That would need states that stay at 0, and a U that keeps lengths. With "
                                              "ρ = 0.5 the gradient is 6e-16 after 50 steps."),
        right("It can: U and saturation decide, too", "Each step multiplies by diag(φ′) Uᵀ. A small U, or large "
                                                      "states, where tanh is flat, make the product fade."),
        wrong("Right: only σ networks have vanishing gradients", "σ′ ≤ ¼ bounds one of the two factors. U can make "
                                                                 "good for it, and it can spoil a slope of 1.")),
    Question(
        "The gradient ∂h₅₀/∂h₀ is 1e-57. What does that say?",
        wrong("The state has forgotten how it began", "The latch has just such a gradient, and it holds its cue in "
                                                      "1000 of 1000 runs."),
        right("A small change of h₀ does not move h₅₀", "That is all that a derivative says. The signal to learn from "
                                                        "is gone; the cue can still be read off h₅₀."),
        wrong("There is a mistake in the backward pass", "It is the true derivative: the product of 50 factors of "
                                                         "about 0.07 is that small.")),
    Question(
        "Can gradient clipping cure vanishing gradients?",
        wrong("Yes, it holds the norm at its limit", "It shortens long gradients. A short one is left as it is: "
                                                     "min(1, limit / norm) is then 1."),
        wrong("Yes, if the limit is small enough", "A smaller limit shortens more. Nothing is ever made longer."),
        right("No, it only shortens what is too long", "Nor would it help to make a tiny gradient longer: what it says "
                                                       "about the far past is lost beside the near past.")),
    Question(
        "What is the difference between clipping by norm and by value?",
        right("By norm keeps the direction, by value may not", "One factor for all numbers, against a cut for each: "
                                                               "(100, 1) cut at 1 becomes (1, 1), 44° away."),
        wrong("None, if the limit is the same", "They agree only if nothing is cut. (100, 1) becomes (1, 0.01) by norm "
                                                "and (1, 1) by value."),
        wrong("By value is gentler: it spares small numbers", "That is why the direction changes: the large numbers "
                                                              "lose their lead over the small ones.")),
    Question(
        "In a σ network the largest |eigenvalue| of U is 2.6. What becomes of its gradient?",
        wrong("It shrinks to a quarter or less at every step", "¼ bounds the slope alone. U multiplies as well, and "
                                                               "makes good for much of it."),
        right("That has to be measured", "2.6 · ¼ is below 1, but U can stretch some vectors by more than 2.6, and the "
                                         "slopes may be smaller than ¼."),
        wrong("It explodes, because 2.6 is above 1", "The slopes count as well: at most ¼ each, so 2.6 alone says "
                                                     "little.")),
)
