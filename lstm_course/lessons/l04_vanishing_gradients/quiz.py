"""Quiz of lesson 04."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "U is 4 times an orthogonal matrix, all units are σ and all states are near ½. The gradient over 50 steps …",
        wrong("vanishes, because σ leaves a quarter", "It does, and then U makes it four times longer."),
        wrong("explodes, because U stretches by four", "It does, and then the slope takes three quarters."),
        right("holds, because one makes good for the other", "At ½ the slope of σ is ¼, and ¼ · 4 = 1 at every step.")),
    Question(
        "In the latch with gain 2.5, ∂h₅₀/∂h₀ is 10⁻⁵⁷. You turn h₀ from +1 to −1. What happens to h₅₀?",
        wrong("It moves by about 10⁻⁵⁷", "A derivative speaks of small changes. This one is large: it crosses 0."),
        right("It turns its sign as well", "The latch keeps its bit. The derivative only says that it irons out "
                                           "small changes."),
        wrong("It becomes 0, in the middle", "0 is a point that the unit leaves: the slope there is 2.5.")),
    Question(
        "A network without activation has ρ = 0.5 and ‖U‖ = 4. Can a gradient be longer after two steps back?",
        right("Yes, for a few steps it can grow", "‖U‖ is what one step can do. In the end ρ wins, and it vanishes."),
        wrong("No, each step at least halves it", "That would be ‖U‖ = 0.5. ρ speaks of many steps."),
        wrong("No, unless a slope were above 1", "Without an activation all slopes are 1. U alone can stretch.")),
    Question(
        "The gradient is (30, 0.3). It is clipped by norm, with the limit 0.3. What is left?",
        wrong("About (0.3, 0.3): each is cut", "That is clipping by value. It gives a step of another direction."),
        right("About (0.3, 0.003): both shrink", "One factor for all numbers, about 1/100. The direction stays."),
        wrong("About (0, 0.3): the long one goes", "Every number is multiplied by the same factor.")),
    Question(
        "You double the length of the sequences of a trained tanh network. May its gradient be larger at the far end?",
        wrong("No, more factors make it smaller", "Only if they shorten. Where U stretches more than the slopes take, "
                                                  "each further factor makes the product larger."),
        wrong("No, tanh has no slope above 1", "True, but each factor has a second part, U, without a limit."),
        right("Yes, if U outweighs the slopes", "Each step multiplies by both. Which of them wins also changes along "
                                                "a sequence, with the states.")),
)
