"""Quiz of lesson 00."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ_TITLE = "Self-test: are you ready?"
QUIZ = (
    Question(
        "h = 1, then repeat three times: h = 2 * h + 1. What is h?",
        wrong("7", "That is h after two times: 3, 7. To refresh: loops, in the Python tutorial."),
        right("15", "3, 7, 15. A recurrent network is such a loop: each turn starts from what the last one left."),
        wrong("9", "Each turn starts from the *new* h: 3, then 7, then 15. To refresh: loops, in the Python "
                   "tutorial.")),
    Question(
        "def f(x): y = x + 1 (and no further line). What is f(2)?",
        right("None", "There is no return. This is a frequent slip in exercises, and the checks say so."),
        wrong("3", "3 is computed, but it stays inside: without return a function gives nothing back. To refresh: "
                   "functions, in the Python tutorial."),
        wrong("an error", "It runs without an error, which makes this slip hard to see. To refresh: functions, in the "
                          "Python tutorial.")),
    Question(
        "x has shape (4, 3) and W has shape (3, 5). What shape has x @ W?",
        wrong("(3, 3)", "The inner sizes, 3 and 3, have to agree, and then they vanish. To refresh: the matrix "
                        "product, in the NumPy guide."),
        wrong("none at all", "They can be multiplied: the inner sizes are both 3, and that is all it takes. To "
                             "refresh: the matrix product, in the NumPy guide."),
        right("(4, 5)", "The inner sizes agree and vanish, the outer ones stay: 4 samples in, 5 numbers for each.")),
    Question(
        "a = np.array([1, 2]) and b = np.array([3, 4]). What is a * b?",
        right("[3 8]", "* goes entry by entry. In formulas it is written ⊙, and a gate does just that."),
        wrong("11", "That is a @ b, the sum of the products; * does not add up. To refresh: * and @, in the NumPy "
                    "guide."),
        wrong("[[3 4] [6 8]]", "That would be every entry times every other one, np.outer(a, b). To refresh: * and @, "
                               "in the NumPy guide.")),
    Question(
        "y = (3x + 1)². What is dy/dx at x = 1?",
        wrong("8", "2 · (3x + 1) = 8 is the slope of the square. The inside, 3x + 1, has a slope as well: 3. To "
                   "refresh: the chain rule."),
        right("24", "2 · 4 from the square, times 3 from the inside. Backpropagation is this rule, many times over."),
        wrong("16", "That is y itself, 4². To refresh: the chain rule.")),
)
