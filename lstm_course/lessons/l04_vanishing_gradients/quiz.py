"""Quiz of lesson 04."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "U is 4 times an orthogonal matrix, all units are σ and all states are near ½. The gradient over 50 steps …",
        wrong("vanishes, because σ leaves a quarter", "It does, and then U makes it four times longer."),
        wrong("explodes, because U stretches by four", "It does, and then the slope takes three quarters."),
        right("holds, because one makes up for the other", "At ½ the slope of σ is ¼, and ¼ · 4 = 1 at every step.")),
    Question(
        "The first weights of a network keep the sign of the cue for 50 steps, and ∂h₅₀/∂h₀ is 10⁻⁵⁷. What can 100 "
        "updates of gradient descent still teach it?",
        wrong("Nothing: without a gradient no weight moves", "Only what comes through ∂h₅₀/∂h₀ is lost. The output "
                                                             "layer gets its gradient straight from the loss."),
        right("To answer with the sign that h₅₀ still has", "The output layer reads h₅₀, and its gradient does not "
                                                            "travel back through time."),
        wrong("To write the cue more strongly into h₀", "That would need a gradient at h₀, 50 steps before the loss.")),
    Question(
        "A network without activation has ρ = 0.5 and ‖U‖ = 4. Can a gradient be longer after two steps back?",
        right("Yes: ρ speaks of many steps, not of two", "‖U‖ is what one step can do. In the end ρ wins."),
        wrong("Yes: without slopes it grows without end", "It grows at first. In the end ρ wins: powers of U vanish."),
        wrong("No: each of the two steps at least halves it", "That would be ‖U‖ = 0.5. ρ speaks of many steps.")),
    Question(
        "The gradient is (30, 0.3). It is clipped by norm, with the limit 0.3. What is left?",
        wrong("About (0.3, 0.3): each is cut", "That is clipping by value. It gives a step of another direction."),
        right("About (0.3, 0.003): both shrink", "One factor for all numbers, about 1/100. The direction stays."),
        wrong("About (0, 0.3): the long one goes", "Every number is multiplied by the same factor.")),
)
