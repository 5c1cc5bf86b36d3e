"""Quiz of lesson 08."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A network learns the ratings of 12 films until its training error is 0. Trained anew on shuffled ratings it "
        "reaches 0, too. What do you know of the first network?",
        wrong("There is no rule in the ratings", "There may be one. The control says nothing about the ratings, only "
                                                 "what a training error of 0 is worth."),
        right("It may know 12 ratings by heart", "It can, as the second one did. Whether it knows more, only films "
                                                 "that were held out can tell."),
        wrong("It will do well on a 13th film", "The second network has the same error, and for it there was nothing "
                                                "to find out about other films.")),
    Question(
        "Windows of 12 numbers; the number after each is asked for. In which series does an input give the target "
        "away?",
        wrong("the temperature at each hour of a year", "The last input is near the target. It is a good guess, but "
                                                        "not the target itself."),
        wrong("the digits of π, as far as you like", "Each digit occurs before, but at no fixed place: no input is "
                                                     "equal to the target in all windows."),
        right("the months 1 to 12, again and again", "The target stood 12 numbers before: it is x[0], in every "
                                                     "window.")),
    Question(
        "The prices of ten days in a row rise. A recurrent network learns them from the weather of each day, faster "
        "than the same prices in random order. What does the speed show?",
        right("nothing of the weather yet", "Rising prices may be easier with any input. Give it the days in random "
                                            "order, each with its own price, and compare with other prices."),
        wrong("the weather sets the prices", "The control took away two things: which price belongs to which day, and "
                                             "that the prices rise."),
        wrong("the weather plays no part", "It may play one. This control cannot tell, since the order was changed "
                                           "as well.")),
    Question(
        "Ten sentences are ten steps of one sequence, and a network gives each the right mark. Read in another order, "
        "they get wrong ones. What has it not learned?",
        wrong("which marks can occur at all", "It gives the right ones in the learned order, so it knows which there "
                                              "are."),
        wrong("in which order the marks come", "That it has: in the learned order all marks are right."),
        right("which mark a sentence deserves", "Otherwise each sentence would keep its mark wherever it stands.")),
    Question(
        "A network predicts tomorrow's temperature from 30 days. It learns windows that end on even days and is tested "
        "on those that end on odd days. How large is this error, compared with that on the year after?",
        right("smaller: it has learned the neighbours", "Each test window shares nearly all its days with two learned "
                                                        "ones, and its label lies near theirs."),
        wrong("larger: it has learned only half the days", "The windows of the odd days are missing, but their numbers "
                                                           "stand in the learned windows."),
        wrong("equal: both windows are new to it", "New, but not equally so: only the odd days have learned neighbours "
                                                   "on both sides.")),
)
