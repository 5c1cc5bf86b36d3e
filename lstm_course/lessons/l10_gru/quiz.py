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
        "The state of one unit is 0.8, its candidate −0.5. With which z is the new state 0.15?",
        right("0.50", "Yes: 0.5 · (−0.5) + 0.5 · 0.8 = 0.15, halfway between the two."),
        wrong("0.19", "0.19 · 0.8 is 0.15, but the candidate comes in, too, with the share 0.81."),
        wrong("0.65", "0.65 is how far 0.15 lies above −0.5. The whole way to 0.8 is 1.3: z is 0.65 / 1.3.")),
    Question(
        "Two networks are compared: A has a new kind of gate and a forget bias of 3, B has neither. A learns in half "
        "the updates. What does this say about the gate?",
        wrong("that it halves the updates", "It may be the bias alone. Two things changed, and one number cannot tell "
                                            "them apart."),
        right("nothing: the biases differ", "Yes: give both the same bias, and see what is left of it."),
        wrong("that it needs a large bias", "For that, A would have to run with several biases.")),
    Question(
        "LSTMs learn to count letters. Which one change made their count fade sooner?",
        wrong("biases of 3 and −3 instead of 0", "From gates that keep, the answer turned later: after 90.5 b instead "
                                                 "of 71 (medians)."),
        wrong("forget biases of 0 instead of 1", "The answer turned after 71 b instead of 72 (medians): no difference "
                                                 "to speak of."),
        right("input gates of 1 − f instead of i", "Yes: then the step and the leak are one number, as in a GRU.")),
)
