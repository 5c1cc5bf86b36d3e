"""Quiz of lesson 11."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "An ordinary LSTM, o = 0.5 at every step. Just before step 7 the memory of one unit is raised by 5. Which "
        "gates can notice first?",
        wrong("f of step 7, as it is multiplied with this memory",
              "f multiplies the memory, but it is computed from x and h, and h_6 is what it was."),
        wrong("o of step 7, as it decides what is shown of it",
              "o decides how much is shown, without looking at what it shows."),
        right("All gates of step 8, as they see what h_7 has shown",
              "c_7 is larger, so h_7 is, and h_7 goes into every gate of step 8. With peepholes, i_7, f_7 and o_7 "
              "notice already.")),
    Question(
        "Why may the peephole of o look at c_t, while those of i and f have to look at c_{t−1}?",
        right("c_t is computed from i and f, but not from o",
              "i and f have to be there before c_t is. o is used after it."),
        wrong("o needs a newer number than i and f need",
              "All three would profit from the newest. But c_t does not exist when i and f are computed."),
        wrong("c_t is shown to o by h, but not to i and f",
              "h_t is made with o, so o cannot see it. And h_{t−1} goes to all gates.")),
    Question(
        "Within 600 updates a cell learns in 18 of 20 runs, and without one part in 2 of 20. What has to be tried "
        "before one says “it cannot learn without this part”?",
        wrong("Twenty more runs with other random starts",
              "18 against 2 is no accident of the starts. Under these conditions there is a difference."),
        right("More updates, and other learning rates",
              "It may be slow only. In the bench a longer training changed such verdicts."),
        wrong("The same networks on more new sequences",
              "The score is about learned or not; more test sequences make it a little more exact.")),
    Question(
        "i = 1 − f learns sooner than the full LSTM. It also begins with other gates: i = 0.27 in place of 0.5. Which "
        "control tells whether the coupling is the reason?",
        wrong("A coupled LSTM whose f begins at another value",
              "Then two coupled LSTMs are compared. About the full one it says nothing."),
        wrong("A full LSTM that has a quarter of its units less",
              "That makes the number of weights about equal. The gates still begin elsewhere."),
        right("A full LSTM whose i begins at 0.27 as well",
              "The start is equal then. What is left may be the coupling's work, or that of a quarter fewer weights.")),
    Question(
        "A colleague gives each gate a full matrix of peepholes, c_{t−1} @ P_f with P_f of shape (H, H). What does a "
        "gate see that it does not see with P of shape (3, H)?",
        wrong("The memory of its own unit at all earlier steps",
              "It is one number of one step: c_{t−1}. What was before is in it only as far as f has kept it."),
        right("The memories of all other units, one step old",
              "A row for each unit it may look at: H² weights a gate instead of H."),
        wrong("The memory of its own unit before squashing",
              "A diagonal peephole sees c itself, too, and not tanh(c).")),
)
