"""Quiz of lesson 06."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "c starts at 0. At every step f = 0.5, i = 1 and g = 0.3. Where is c after many steps?",
        wrong("near 0.3, what each step writes", "That is c after the first step. Half of it is kept, and 0.3 comes on "
                                                 "top."),
        right("near 0.6, where both parts balance", "0.5 · 0.6 + 0.3 = 0.6: what is written makes up for what is "
                                                    "erased."),
        wrong("above 1, as it grows at every step", "Each step erases half of c, so the larger c is, the more it "
                                                    "loses.")),
    Question(
        "Two units hold c = 40 and c = −40. For both o = 0.5. What does the next layer get from them?",
        wrong("40 and −40, the two memories", "c stays inside. What leaves is h = o · tanh(c)."),
        wrong("20 and −20, half of each memory", "o takes its share of tanh(c), not of c; and tanh(40) is 1."),
        right("0.5 and −0.5, half of each sign", "tanh(±40) is ±1 to all digits: of a large c only the sign is seen.")),
    Question(
        "A file holds the blocks of W in the order i, g, f, o. They are copied into a layer that has i, f, g, o. What "
        "happens?",
        right("It runs, and f is computed from weights of g", "The shapes agree, so nothing complains. Each gate takes "
                                                              "the block that stands at its place."),
        wrong("It stops with an error about the shapes", "Each block is (I, H), whatever it is for: the shapes agree."),
        wrong("It runs, and the order makes no difference", "f and g would get each other's weights, and f goes "
                                                            "through σ, g through tanh.")),
    Question(
        "An LSTM has 50 inputs and 100 units. How many weights and biases does the forget gate of one unit have?",
        wrong("51: for the inputs, and a bias", "The gate sees h_{t−1} as well, through U."),
        wrong("52: for the inputs, its own h, and a bias", "U has a row for each of the 100 units: a gate sees the h "
                                                           "of all of them."),
        right("151: for the inputs, all h, and a bias", "50 + 100 + 1: one column of W, one of U, one entry of b.")),
)
