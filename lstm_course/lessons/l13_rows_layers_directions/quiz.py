"""Quiz of lesson 13."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "You want to forecast tomorrow's price from the prices up to today. Would a two-way LSTM help, whose output "
        "for each day is the forecast for the next?",
        wrong("Yes, two directions see more than one", "They do, and that is the trouble: on known data the backward "
                                                       "half sees the very price that is to be forecast."),
        right("No, its backward half reads days that have not come yet", "Yes. In the past you can feed them, and it "
                                                                         "looks brilliant. Tomorrow you cannot."),
        wrong("Yes, but only with a stack of two", "More layers do not change what an output sees. The backward half "
                                                   "still needs the future.")),
    Question(
        "What is the summary of a whole sequence in a two-way layer?",
        wrong("out[-1], both halves of it", "At out[-1] the backward half has seen a single step: it starts there."),
        wrong("out[0], both halves of it", "At out[0] the forward half has seen a single step."),
        right("The forward half at the last valid step, the backward half at step 0", "Yes: each direction is read "
                                                                                     "where it ends.")),
    Question(
        "Short sequences are filled up with zeros, and the layer is not told. Is that harmless?",
        wrong("Yes, zero times a weight is zero", "The input part is zero. But the bias and the state go on: each step "
                                                  "of padding is one more step of the loop."),
        right("No, the state goes on changing over the padding", "Yes: with forget gates that stand at σ(1) = 0.73, "
                                                                 "twenty steps leave 0.0019 of a cell's content."),
        wrong("Yes, if the loss is masked", "A mask keeps padding out of the loss. What the state becomes on the way "
                                            "is another matter.")),
    Question(
        "An array of shape (B, T, I) goes into a layer that expects (T, B, I). B and T differ, no lengths are given. "
        "What happens?",
        wrong("An error: the shapes do not fit", "Only the last axis has to fit, and it does. Any T and any B are "
                                                 "possible."),
        wrong("Nothing bad: the outputs are the same, axes swapped", "They are not: the state is carried along the "
                                                                     "first axis, whatever it holds."),
        right("No error; the state is handed from one sequence to the next", "Yes. Move one sequence a little, and see "
                                                                             "whether the outputs of others move.")),
    Question(
        "In PyTorch, nn.LSTM(28, 128, dropout=0.5) has one layer. Where does its dropout act?",
        right("Nowhere: it acts between layers, and there is only one", "Yes. PyTorch warns about it."),
        wrong("On its outputs", "It acts on what a layer hands to the layer above. The last layer hands its outputs to "
                                "you, untouched."),
        wrong("On the state, at every step", "That is another method, and not what this option does.")),
)
