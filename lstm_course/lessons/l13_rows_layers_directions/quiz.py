"""Quiz of lesson 13."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A network labels each day of an old price series with the price of the next day. With a second direction its "
        "error on held-out years falls to nearly nothing. What does that show?",
        wrong("That prices can be forecast after all",
              "Tomorrow the backward half would have to start from days that nobody knows."),
        right("That the backward half reads the answers",
              "The price of the next day is its next input. On old data it is there; in a forecast it is not."),
        wrong("That one direction holds too few units",
              "Then more units would do the same. What is new here is what is read, not how much is kept.")),
    Question(
        "An array (B, T, I) with B = T = 8 goes into a layer for (T, B, I), together with the lengths of its 8 "
        "sequences. What happens?",
        wrong("An error: the lengths do not fit the axes",
              "They would not fit if B were not T. Here both are 8, and nothing can be noticed."),
        wrong("The same outputs, with two axes exchanged",
              "The state is carried along axis 0, and that axis holds the sequences."),
        right("No error: each sequence sees those before it",
              "And lengths then hide real steps instead of padding. Only a test of what moves finds it.")),
    Question(
        "A linear probe reads 50 % of the digits from a trained network's states after row 8, and 50 % from those of "
        "the same network before its training. The network's own last layer finds 10 % there. What follows?",
        wrong("After row 8 the state holds nothing of the digit",
              "Guessing would give 10 %. The probe reads 50 %: the last layer was trained on other states."),
        right("What can be read after row 8 was not learned",
              "An untrained state holds as much that a linear map can read. Learning shows where the curves part."),
        wrong("The training has taught the eight rows above all",
              "Then the probe would read more from the trained states than from the untrained ones.")),
    Question(
        "One way, an LSTM missed many word ends. Answering four letters later it found nearly as many as two ways did. "
        "With two ways, would answering four letters later help as much again?",
        right("No: the following letters are there already",
              "The backward half reaches from the end of the line to the letter. A delay adds nothing to be seen."),
        wrong("Yes: every four letters bring new knowledge",
              "They are new to a network that reads one way. The backward half has read them already."),
        wrong("No: one cannot delay a backward layer at all",
              "One can; any output may be asked at a later step. It is only of no use.")),
)
