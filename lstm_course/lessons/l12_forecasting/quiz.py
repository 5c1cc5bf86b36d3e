"""Quiz of lesson 12."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A network forecasts tomorrow's temperature, and over a year its line lies on the true one. Which number do "
        "you ask for first?",
        wrong("Its error on the days that trained it", "It says how well these were learned, by heart perhaps."),
        right("The error of “as today” on these days",
              "Over a year “as today” follows the seasons, too. A forecast is good if it beats such a rule on "
              "held-out days."),
        wrong("Its correlation with the temperature",
              "That of “as today” is high as well: both follow the seasons.")),
    Question(
        "Sales grow by 5 % a year, and each December they are twice those of November. After which preparation are "
        "they constant?",
        wrong("Their differences to the month before",
              "The jump from November to December is still there, each year."),
        wrong("Their differences to the month a year ago",
              "These are 5 % of the sales a year ago: they grow, and jump in December."),
        right("Their logarithms, less those a year ago", "ln 1.05 in every month: season and growth are gone.")),
    Question(
        "Mean and deviation of all 144 months scale the series; the first 96 months train. Later months are never "
        "targets. What is wrong?",
        wrong("Nothing, as no later target is shown", "The scale itself was made from them."),
        wrong("Forecasts cannot be scaled back exactly",
              "They can: times the deviation, plus the mean."),
        right("The scale tells how high later months go",
              "In 1956 nobody knew. Take both numbers from the training months.")),
    Question(
        "You try forty rules on the same 48 months. One beats the best of the lesson by 0.2. What do you do before you "
        "praise it?",
        wrong("Ask how many parameters it has",
              "Few parameters help, but the choice among forty was made on these months."),
        right("Try it on series that chose nothing",
              "The best of forty is partly lucky. The check of exercise 3 does the same."),
        wrong("Try forty more, and see if it stays best", "Then the winner is the luckiest of eighty.")),
)
