"""Quiz of lesson 10."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A paper says: “the update gate z goes to 1”. What happens to the state?",
        wrong("It is replaced by the candidate", "In Chung et al. 2014 yes. In Cho et al. 2014, PyTorch, Keras and in "
                                                 "this course z = 1 keeps the old state."),
        wrong("It is kept", "In this course, in PyTorch and in Keras yes. In Chung et al. 2014 z = 1 replaces it."),
        right("That depends on the paper; in this course it is kept", "Look for the formula of h, not for the name of "
                                                                      "the gate.")),
    Question(
        "You carry weights from one library to another, and the outputs differ in the second digit. What do you think "
        "of first?",
        right("The order of the gates, the meaning of z, the place of r, and the biases", "Each of these changes the "
                                                                                          "numbers, and none raises an "
                                                                                          "error."),
        wrong("Rounding: every machine rounds in its own way", "Rounding shows in the last of about 16 digits, not in "
                                                               "the second."),
        wrong("One of the two has a bug", "Both may be right: “GRU” is the name of several networks.")),
    Question(
        "Can one unit of a GRU keep its old state whole and add the whole candidate to it?",
        wrong("Yes, with z = 1", "z = 1 keeps everything, but then the share of the candidate is 1 − z = 0."),
        wrong("Yes, with r = 1", "r decides what the candidate sees of the state. The two shares are z and 1 − z."),
        right("No: the two shares make 1", "That is why its state stays between −1 and 1 if it starts there, and why "
                                           "it cannot count as c of an LSTM can.")),
    Question(
        "The GRU has no output gate. What follows?",
        right("Its whole state is its output", "Whatever it remembers is seen by the next layer and, through r, by "
                                               "its own candidate."),
        wrong("r is its output gate", "r hides the state from the candidate only. Gates and outputs see all of it."),
        wrong("It has no memory between the steps", "It remembers in h. An output gate only decides what is shown.")),
    Question(
        "Does a GRU do the same as an LSTM with fewer weights?",
        wrong("Yes, always", "In this lesson both learn to add. But it counts less far than the LSTM, even with more "
                             "weights."),
        wrong("No, it is always worse", "In this lesson all ten GRUs learn to add, sooner than the LSTMs."),
        right("On some tasks it is as good or better, on others not: measure",
              "Both learn to add, the GRUs sooner, from other first biases; counting goes against the GRU.")),
)
