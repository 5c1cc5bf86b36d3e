"""Quiz of lesson 05."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "c is 0.5. For three words f = 1, i = 1 and g = 0.2. What is c then?",
        wrong("0.2, as g is written each time", "That takes f = 0. With f = 1 the old memory stays, and g comes on "
                                                "top."),
        wrong("0.5, as f = 1 keeps the memory", "f = 1 keeps it, but i = 1 adds g at each word: 0.5 + 3 · 0.2."),
        right("1.1, as g is added three times", "0.5 + 0.2 + 0.2 + 0.2: nothing is taken away, and i · g comes on "
                                                "top.")),
    Question(
        "A sentence has ended. The memory should be 0 from now on, until the next subject is written. Where do the "
        "gates stand?",
        right("f = 0 once, then i = 0 until the subject", "One word with f = 0 erases; with i = 0 nothing comes in "
                                                          "after."),
        wrong("f = 1 once, then i = 0 until the subject", "f = 1 keeps the old subject: f is the share that is "
                                                          "*kept*."),
        wrong("f = 0 once, then i = 1 until the subject", "With i = 1 every word is written, nouns that are no subject "
                                                          "too.")),
    Question(
        "A memory only adds: c ← c + x, from 0. Its gradient is 1 for ever. What can it not tell apart?",
        wrong("+1, 0, 0, 0 from 0, 0, 0, 0", "It can: c is 1 in the first case, and stays 1 through all zeros."),
        wrong("+1, +1, 0, 0 from +1, 0, 0, 0", "It can: c is 2 in the first case and 1 in the second."),
        right("+1, −1, 0, 0 from 0, 0, 0, 0", "Both end at 0. A gradient of 1 does not say that a number can be read "
                                              "again.")),
    Question(
        "One unit holds 0.9. For five words no other unit may see it, and at the sixth it is to be read. Which gate is "
        "shut for these five words?",
        wrong("the input gate, i", "i decides what is written. Shut or open, the unit would go on showing what it "
                                   "holds."),
        right("the output gate, o", "h = o · tanh(c) is 0 while o is 0, and c is still there when o opens."),
        wrong("the forget gate, f", "f = 0 would erase the 0.9, and there would be nothing to read at the sixth "
                                    "word.")),
)
