"""Quiz of lesson 09."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "An LSTM as you get it, forget bias 0 or 1, has to remember something for 100 steps. Will it learn that?",
        wrong("Yes, LSTMs cannot suffer from vanishing gradients",
              "They can: with forget bias 0 the direct path keeps ½ of the gradient at each step."),
        right("Perhaps not: it depends on the forget gates",
              "Over 100 steps six of ten LSTMs with bias 1 learned the latch, and all ten with bias 5. With bias 0 "
              "none of ten learned it even over 50 steps."),
        wrong("No, nothing can learn over 100 steps",
              "The adding problem over 100 steps was solved by every LSTM with bias 1.")),
    Question(
        "“The gradient in an LSTM flows unhindered along the cell state.” Which quantity is this sentence about?",
        right("The direct path ∏ f, if all f are near 1", "With f = 1 it is 1 for any number of steps. That is the "
                                                          "carousel of 1997."),
        wrong("The full Jacobian ∂c_T/∂c_t", "That also has the ways through h and the gates, and they may make it a "
                                             "hundred times larger and more."),
        wrong("The gradient of the loss by the weights", "That needs more than the carousel: the gates have to learn "
                                                         "when to open.")),
    Question(
        "Do LSTMs need gradient clipping?",
        wrong("No, f is at most 1, so nothing can grow", "The direct path cannot. The ways through the gates can: the "
                                                         "full Jacobian was above 50 in many networks."),
        right("Yes, the full Jacobian can be much larger than 1", "At rate 0.3 plain gradient descent learned the "
                                                                  "latch in no run without clipping, in all with it."),
        wrong("Yes, against vanishing gradients", "Clipping only ever shortens a gradient.")),
    Question(
        "In 1997 there was no forget gate: f = 1, always. What is the danger?",
        wrong("The gradient vanishes", "Along the direct path it is exactly 1, for ever."),
        wrong("The memory is lost", "Nothing is ever lost. That is the trouble."),
        right("c can grow without bound", "On an endless stream |c| grew to more than a thousand; then tanh(c) is ±1, "
                                          "whatever comes in.")),
    Question(
        "A forget bias of 1: for how long does the direct path keep half of the memory?",
        wrong("For as long as needed, 1 means keep", "The *bias* is 1, the gate is σ(1) = 0.73."),
        right("For about 2 steps", "ln ½ / ln σ(1) = 2.2. It is a better start than bias 0, and no long memory."),
        wrong("For about 100 steps", "That takes a bias of 5.")),
    Question(
        "Truncated backpropagation with k = 5. Can the network use something that it read 20 steps ago?",
        wrong("No, it cannot remember beyond k", "The state is carried on, so the information may well be there."),
        right("Yes, if its state happens to carry it that far",
              "Truncation removes the credit, not the memory. It only is not *taught* to keep it."),
        wrong("Yes, truncation changes nothing",
              "It changes what is learned: over 50 steps nine of ten LSTMs learned the latch with the full gradient, "
              "and at most three with a truncated one.")),
)
