"""Quiz of lesson 03."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "With w = 1, u = 0.5, x = (1, 0, 0) and a loss at every step, u gets the parts 0, 0.2977 and 0.0632. Now the "
        "sequence goes on for a fourth step, with x = 0 and a loss. What happens to these three parts?",
        wrong("All three stay as they are", "From h₃ a road now leads on to the loss of step 4, so δ₃ changes, and "
                                            "with it what comes back to the steps before."),
        wrong("All three get other values", "Two of them do. But in step 1 u multiplies h₀ = 0: that part is δ₁ "
                                            "times 0, whatever δ₁ is."),
        right("Two change, and one does not", "Yes: the new loss changes δ₃, δ₂ and δ₁, but in step 1 u multiplies "
                                              "h₀ = 0, so its part remains 0.")),
    Question(
        "A sequence has five steps, and the loss looks at h₂ only. Which of the five δ are 0 for sure?",
        wrong("δ₁, δ₃, δ₄ and δ₅", "h₁ acts on h₂, so a road leads from z₁ to the loss: δ₁ is not 0 in general."),
        wrong("δ₁ and nothing else", "h₁ acts on h₂, so a road leads from z₁ to the loss. From which z is there none?"),
        right("δ₃, δ₄ and δ₅", "Yes: no road leads from a later state back to h₂. From z₁ one leads over h₁.")),
    Question(
        "U₁₂ stands between unit 1 before and unit 2 after a step. What comes back through it to the gradient with "
        "respect to unit 1?",
        right("δ of unit 2, times U₁₂", "Yes: the road is the same in both directions, so is its derivative. The "
                                        "transpose only says over which index the sum runs."),
        wrong("δ of unit 2, times U₂₁", "U₂₁ stands between unit 2 before and unit 1 after the step: another road. The "
                                        "transpose is there so that each δ meets the weight of its own road."),
        wrong("δ of unit 1, times U₁₂", "Behind U₁₂ lies unit 2 of the next step: what happens to the loss after this "
                                        "road is in the δ of that unit.")),
    Question(
        "A backward pass uses h_t where h_{t−1} belongs, beside δ_t. A check with T = 1 and h₀ = 0 compares the "
        "gradient of U. What does it say?",
        wrong("Right: U has no effect there", "U has no effect, so the right gradient is 0. But the mistake puts h₁ "
                                              "beside δ₁, and that product is not 0."),
        right("Wrong: the true one is 0 there", "Yes: U multiplies 0, so its gradient is 0; h₁ times δ₁ is not. This "
                                                "check is blind to other mistakes, not to this one."),
        wrong("Right: there is only one state", "There are two: h₀ before the step and h₁ after it, and they differ.")),
    Question(
        "For which of these networks is the gradient of program B, which leaves out the future, exactly right?",
        right("One with U = 0", "Yes: what would come back is δ times the transpose of U, which is 0. After one update "
                                "U is not 0 any more."),
        wrong("One with one unit", "With one unit the transpose does not matter, but the future does."),
        wrong("One with the loss at the end", "The direct part is 0 at all steps but the last, so B would find δ = 0 "
                                              "there. Yet these states act on the last one.")),
)
