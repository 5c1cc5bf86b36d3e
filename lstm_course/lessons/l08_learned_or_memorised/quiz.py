"""Quiz of lesson 08."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "A network has a mean squared error of 1e-6 on the windows that it was trained on. What does that say about "
        "new windows?",
        wrong("They will be predicted about as well", "The article's network fits its ten windows to a few hundredths, "
                                                      "and is off by tens on the next ten."),
        right("Nothing", "The same small error comes with shuffled labels, where there is nothing to predict. Only "
                         "windows that were held out can tell."),
        wrong("The rule is learned, but new windows need a few more iterations", "More iterations lower the error on "
                                                                                 "the same ten windows. No rule is "
                                                                                 "needed for that.")),
    Question(
        "The network has 60 400 weights and learns 10 labels. Which statement is right?",
        right("It can memorise any 10 labels", "So it does: true ones, shuffled ones, and labels for random inputs."),
        wrong("It cannot memorise, because it has to find weights that suit all windows",
              "Many weights suit ten windows at once: even 50 weights of a linear model do."),
        wrong("It must have found a rule, because only rules fit that closely", "Shuffled labels follow no rule, and "
                                                                                "the fit is just as close.")),
    Question(
        "You want to test whether a network predicts the next prime. What must the test hold?",
        wrong("Windows drawn at random from those that were used for training", "Then every answer has been seen in "
                                                                                "the training."),
        wrong("The same primes, written down once more", "That is the article's way. After 25 numbers the same windows "
                                                         "come back."),
        right("Primes beyond the training range", "A prime that has stood in the training as a label, or in the input, "
                                                  "need not be predicted: it can be remembered or copied.")),
    Question(
        "With shuffled labels the training error becomes as small as with the true ones. What follows?",
        wrong("The labels have no meaning", "They may well have one. The control says nothing about the labels, only "
                                            "about what a small training error is worth."),
        right("A small training error is no evidence for a rule here", "This network reaches it where no rule is."),
        wrong("The shuffling was done wrong", "If X and y were shuffled together, yes. But with the labels alone "
                                              "shuffled this is what a network with 60 400 weights does.")),
    Question(
        "The target stands in the input. Does the network then learn to copy it?",
        wrong("Yes, because that is the simplest rule", "Simple for us. The measured network is off by tens on "
                                                        "held-out windows, where copying would be off by 0."),
        wrong("Yes, because gradient descent finds every leak", "It finds *some* weights that fit. Which ones, only a "
                                                                "test tells."),
        right("Not necessarily: it has to be tested", "This one did not, and that shows only on windows that were held "
                                                      "out.")),
)
