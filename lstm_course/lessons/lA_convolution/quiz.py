"""Quiz of lesson A."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ_TITLE = "Quiz of appendix A"
QUIZ = (
    Question(
        "Photographs of one size are to be sorted. The whole picture is there at once. What do you try first?",
        wrong("An LSTM that reads pixel by pixel, because it remembers everything",
              "Then two pixels one above the other lie a whole row of steps apart, and each step has to wait for the "
              "one before."),
        right("A convolutional network", "Neighbours matter in both directions, the same strokes occur in many "
                                         "places, and "
                                         "no past has to be carried along."),
        wrong("It does not matter: both can compute any function",
              "What a network can compute and what it learns from few pictures are two questions. The stored runs "
              "differ.")),
    Question(
        "Letters arrive one by one. The answer may depend on a letter 500 steps ago. A network of two convolutions, "
        "kernel 5 each, sees how far back?",
        right("9 letters, whatever it learns", "1 + 4 + 4. The receptive field is built in. A state has no such "
                                               "border, though "
                                               "it may fade."),
        wrong("As far as it learns to", "Weights do not move the border: what lies outside the field has slope "
                                        "exactly 0."),
        wrong("All 500, because the kernel slides over the whole text", "It does, but each *output* sees its own "
                                                                        "window "
                                                                        "only.")),
    Question(
        "The image becomes twice as wide and twice as high. How many weights has the first convolution now?",
        wrong("Four times as many", "That holds for a matrix over all pixels. A kernel is used at every place."),
        right("As many as before", "Shared over all places, as W and U of a recurrent layer are shared over all "
                                   "steps."),
        wrong("Twice as many", "The kernel stays 5 × 5: it has just more places to stand.")),
    Question(
        "All pixels of all images are put into one other order. Who loses most?",
        wrong("Nobody: the information is the same", "It is, and a matrix over all pixels does not notice. But a "
                                                     "network that "
                                                     "counts on neighbours does."),
        wrong("The dense network", "Its first matrix has a row for each pixel; in another order they stand in other "
                                   "rows, "
                                   "that is all."),
        right("The LeNet", "Its 5 × 5 windows now hold pixels that have nothing to do with each other.")),
    Question(
        "“A convolutional network does not care where the digit stands.” Is that so?",
        wrong("Yes, the kernel is the same everywhere", "The *maps* move along with the digit. But behind them "
                                                        "stands a matrix "
                                                        "with a weight for each place."),
        wrong("Yes, max-pooling removes the place", "It forgives a pixel or so. The measured accuracy falls."),
        right("No: it bears a small shift better than a dense network, that is all", "Measured in this appendix, "
                                                                                     "with digits "
                                                                                     "moved by 0 to 4 pixels.")),
    Question(
        "For which of these is recurrence the right tool?",
        wrong("Digits of 28 × 28 pixels", "They have a size known beforehand, and all of it is there at once."),
        right("A sensor that sends a number a second, and is to be judged at every moment",
              "The length is open, the data come in time, and a state carries what was."),
        wrong("Neither, convolutions are always better", "Not when the past that matters is longer than any window "
                                                         "you would "
                                                         "build in.")),
)
