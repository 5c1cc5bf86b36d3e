"""Quiz of lesson 10."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A GRU reads a text. At a full stop one unit should forget the sentence before and begin anew with what it "
        "reads now. Where do its gates stand?",
        wrong("r = 1 and z = 0", "z = 0 lets the candidate in, but with r = 1 the candidate still sees the old state: "
                                 "that is a plain RNN."),
        right("r = 0 and z = 0", "Yes: the candidate is made from the input alone, and it replaces the state."),
        wrong("r = 0 and z = 1", "z = 1 keeps the state, whatever the candidate is. r acts on the candidate alone.")),
    Question(
        "Can one unit of a GRU keep its old state whole and add the whole candidate to it?",
        wrong("yes, with r = 1 and z = 1", "z = 1 keeps everything, but then the share of the candidate is 1 − z = 0."),
        wrong("yes, with r = 1 and z = 0", "z = 0 takes the whole candidate, and nothing of the old state is left "
                                           "beside it."),
        right("no, whatever r and z are", "Yes: the two shares make 1 together, so there is no z for both.")),
    Question(
        "The state of one unit is 0.8, its candidate −0.5. Which new state is impossible?",
        right("0.9", "Yes: a blend lies between its two parts, so between −0.5 and 0.8."),
        wrong("0.0", "z = 0.38 gives it: 0.62 · (−0.5) + 0.38 · 0.8 = 0 (rounded)."),
        wrong("0.8", "z = 1 gives it: the old state is kept.")),
    Question(
        "Two networks are compared: A has a new kind of gate and a forget bias of 3, B has neither. A learns in half "
        "the updates. What does this say about the gate?",
        wrong("that it halves the updates", "It may be the bias alone. Two things changed, and one number cannot tell "
                                            "them apart."),
        right("nothing, until B has bias 3", "Yes: give both the same start, and see what is left of it."),
        wrong("that it needs a large bias", "For that, A would have to run with several biases.")),
    Question(
        "Which one change takes the LSTM's counting away?",
        wrong("a tanh around its output", "It has one already: h = o ⊙ tanh(c). c behind it has no bound."),
        wrong("biases of 0 in all its gates", "They are a start. In the experiment LSTMs counted from it, too."),
        right("an input gate of 1 − f", "Yes: then c is a blend of numbers between −1 and 1, as in a GRU.")),
)
