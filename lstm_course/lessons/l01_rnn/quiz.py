"""Quiz of lesson 01."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A network reads a sequence of 10 steps, then one of 1 000 steps. Of what does it need more for the second?",
        wrong("Rows in U, for the more distant steps", "U leads from H units to H units. It has nothing to do with the "
                                                       "number of steps."),
        right("Computing time, for 990 more turns", "Every step uses the same W, U and b; the loop only takes more "
                                                    "turns."),
        wrong("Numbers in h, to hold what it has read", "h has H numbers at every step, however many steps there are. "
                                                        "They are computed anew, not added to.")),
    Question(
        "A bug uses h @ U.T instead of h @ U. The first output is right all the same, the second is wrong. Why?",
        right("At step 1 the state is still 0", "0 times any matrix is 0. So test with states that are not 0."),
        wrong("At step 1 U has not been set", "U is there from the start and the same at every step. What is it "
                                              "multiplied by at step 1?"),
        wrong("tanh hides it in the first step", "tanh makes differences smaller and never removes them. At step 1 "
                                                 "there is none.")),
    Question(
        "You want to know whether a network remembers its first input. Which two sequences do you give it?",
        wrong("5, 0, 7, 2 and 5, 3, 7, 2", "That tests the second input: the first is the same in both."),
        wrong("5, 0, 7, 2 and 6, 0, 7, 3", "The last inputs differ as well, so the last outputs differ without any "
                                           "memory."),
        right("5, 0, 7, 2 and 6, 0, 7, 2", "Only the first input differs. If the last output does, the difference "
                                           "came over the wire.")),
    Question(
        "The wire is cut (U = 0), and the network reads 3, 1, 3. Which of its three outputs are equal?",
        wrong("all three of them", "The inputs 3 and 1 still come in through W, so the second output is another one."),
        wrong("the second and third", "They have different inputs. What could make them equal?"),
        right("the first and third", "Without the wire an output depends on its own input only, and these two inputs "
                                     "are equal.")),
)
