"""Quiz of lesson 09."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "An untrained LSTM with forget bias 1, 50 steps. You set the block of g in U to zero on the way back. What "
        "is left?",
        wrong("Everything, since g is no gate",
              "g is no gate, but it looks at h as the gates do: c → h → g → c is a way through time."),
        right("About a millionth, the direct path",
              "The way through g carried nearly everything; what stays is ∏ f, about 2e-7 over 50 steps."),
        wrong("Nothing at all, since c needs g",
              "c_t = f c_{t−1} + i g: the first summand does not need g, so the direct path stays.")),
    Question(
        "“In an LSTM the gradient flows unhindered along the cell state.” Of which quantity is this nearly true?",
        wrong("Of ∂c_T/∂c_t with all its ways",
              "It has the ways through h as well. Untrained, with bias 0, it has vanished after 50 steps; with bias"
              " 5 it is above 100."),
        wrong("Of ∂h_T/∂h_t, from output to output",
              "That goes through o and tanh at both ends."),
        right("Of ∏ f, where every f is close to 1",
              "With f = 1 it is 1 for any number of steps: the carousel of 1997.")),
    Question(
        "The forget bias is 1. After how many steps has the direct path lost half of a gradient?",
        right("After about 2 steps",
              "σ(1) = 0.73, and 0.73² is about ½. The *bias* is 1, not the gate."),
        wrong("After about 14 steps",
              "That is bias 3: the gates stand at 0.953."),
        wrong("Never, since 1 keeps all",
              "The bias is 1; the gate is σ(1) = 0.73.")),
    Question(
        "In 1997 there was no forget gate: f = 1 at every step. What becomes of c on a stream without an end?",
        wrong("It is overwritten by what comes in",
              "Nothing is ever taken away: c_t = c_{t−1} + i g."),
        wrong("It stays between −1 and 1, like h",
              "h is squashed by tanh. c is a sum, and has no bound."),
        right("It grows in proportion to the time",
              "Each step adds to it, and nothing is taken away. tanh of such a c is ±1, whatever comes in.")),
    Question(
        "Every f is below 1. Can ‖∂c_T/∂c_t‖ be 100?",
        right("Yes, a detour through h may multiply by u",
              "u is not bounded. With bias 5 the norm over 50 steps is above 100 in all 20 untrained networks."),
        wrong("No, a product of shares is again a share",
              "That is true of the direct path. The detours are added to it."),
        wrong("No, unless the network was trained before",
              "Training is not needed: see the left panel of ⑤.")),
)
