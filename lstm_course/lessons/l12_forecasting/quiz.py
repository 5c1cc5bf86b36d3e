"""Quiz of lesson 12."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "In the plot, the red line of the forecasts lies on the blue line of the truth. What does that show?",
        wrong("The network has learned to forecast", "Drawn over 12 years, “same as last month” goes along with the "
                                                     "truth, too."),
        right("Little, until the same is done with “same as last month”",
              "That copy has an error of 50.0 on the article's months. A forecast is good if it beats such a rule."),
        wrong("The network is right, but one month late", "Perhaps; but the plot alone does not show it. Compare the "
                                                          "numbers.")),
    Question(
        "Each window of 12 months is a sequence of its own, with the months as 12 *features*. How many steps T does "
        "the LSTM run?",
        wrong("12", "That would be 12 steps of one feature, x of shape (12, B, 1)."),
        right("1", "x has the shape (1, B, 12): one step, and h₀ = c₀ = 0. Nothing is ever remembered: it is an "
                   "ordinary network with gates."),
        wrong("144", "That is the number of months in the file. T is the first axis of x.")),
    Question(
        "A network that forecasts one month ahead is asked for twelve, on its own forecasts. What happens to the "
        "errors?",
        right("They enter the next forecast as inputs: often the errors grow",
              "The error of growth × last year goes from 15.6 to 30.7. But not of every forecast: that of last month "
              "goes from 48.0 to 41.9, and same month last year does not read its own answers."),
        wrong("They stay the same, the network is the same", "Its inputs are not: after one step they are forecasts, "
                                                             "with their errors in them."),
        wrong("They average out", "In the mean over many forecasts they might. Here each forecast becomes an input of "
                                  "the next.")),
    Question(
        "The data are scaled by the minimum and the maximum of all 144 months. Only the first part trains the network. "
        "Is that a leak?",
        wrong("No, no target of the test is shown to it", "But its scale is: “1” means “as high as it will ever get”."),
        right("Yes, the scale tells how high the future goes", "At the time of the forecast nobody knew it. Take both "
                                                               "numbers from the training part."),
        wrong("No, scaling changes only the unit", "For least squares with a constant that is so. But a tanh has a "
                                                   "fixed range, and the scale decides which months fall into it.")),
    Question(
        "A 90 % interval is made from the errors on the training months. How many of the later months will lie in it?",
        wrong("90 %, by definition", "By definition 90 % of the *training* months do."),
        right("90 % only if later errors are like the earlier ones",
              "A network that fits the training months too well promises too narrow an interval."),
        wrong("More than 90 %, the network keeps improving", "It does not: after the training its weights are fixed.")),
    Question(
        "A model with 261 parameters and a rule with none are compared. Which wins?",
        wrong("The larger model", "Look at the board: no parameter at all, and ahead of the article's network in every "
                                  "run."),
        wrong("The simpler one, always", "With more data, or other data, it may be the other way round."),
        right("The one with the smaller error on held-back data, over several seeds",
              "That is why the rule without parameters has to be on the board at all.")),
)
