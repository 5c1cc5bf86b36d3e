"""Quiz of lesson 01."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A sequence gets twice as long (T doubles). What happens to the number of parameters?",
        wrong("It doubles", "Each step has its own state, but not its own weights: W, U and b are used again "
                            "at every step, so nothing is added."),
        right("It stays the same", "One W, one U and one b serve all steps, whatever T is."),
        wrong("It grows by H for every step", "Those H numbers are the state h of that step. It is computed, "
                                              "not learned, so it is no parameter.")),
    Question(
        "What is the state h after step t?",
        wrong("A copy of the last input", "The last input goes in, but mixed with the state before it; "
                                          "copying x would need no network, and would have no memory."),
        wrong("The network's prediction", "A prediction is read off h by another layer, y = h V + a. h "
                                          "itself is what the network knows so far."),
        right("A summary of all inputs so far", "It is made from the present input and the state before it, "
                                                "which holds what came earlier.")),
    Question(
        "A bug takes U @ h instead of h @ U, and yet step 1 comes out right. Why?",
        right("Because h is 0 before step 1", "Anything times 0 is 0, on either side. So test with states "
                                              "that are not 0."),
        wrong("Because U is symmetric", "It is not: U holds 0.2 above and 0.3 below its diagonal, which is "
                                        "why step 2 gives it away."),
        wrong("Because tanh hides small differences", "tanh makes a small difference smaller, but does not "
                                                      "remove it. In step 1 there is simply no difference to "
                                                      "hide.")),
    Question(
        "The recurrent wire is cut (U = 0). On what does the second output depend?",
        wrong("On x₁ and x₂", "Only through the wire could x₁ reach the second step, and it is cut."),
        wrong("On nothing, it is always the same", "x₂ still comes in through W, so the output moves with "
                                                   "it."),
        right("On x₂ alone", "Each step then sees its own input only, and order no longer matters to it.")),
)
