"""Quiz of lesson 14."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "The temperature goes towards 0. Which token is drawn?",
        wrong("All tokens equally often", "That is the other end: a very high temperature flattens all differences."),
        right("Always the likeliest one", "Yes: every lead is divided by T and grows without limit. It is argmax."),
        wrong("As the network says, undisturbed", "That is temperature 1: the softmax as it is.")),
    Question(
        "A colleague says: one-hot inputs are always worse than an embedding. Is that right?",
        right("No: an embedding is the one-hot vector times a matrix", "Yes: row k of a table is one-hot(k) @ W. The "
                                                                         "table saves time; what is learned is the "
                                                                         "same W."),
        wrong("Yes, because one-hot vectors know nothing of meaning", "Neither does an untrained embedding. A first "
                                                                       "layer on one-hot inputs learns exactly the "
                                                                       "same table."),
        wrong("Yes, an embedding can tell more words apart", "Both give each word a row of its own.")),
    Question(
        "In a trained LSTM the h of one unit follows “inside quotation marks” with correlation 0.98. What follows?",
        wrong("This unit is the concept: without it the network is lost", "When it was cut off, the perplexity hardly "
                                                                          "changed: other units know it, too."),
        right("Something about this unit, little about how the network works", "Yes: many units carry the same thing. "
                                                                               "Only cutting it off shows what it is "
                                                                               "needed for."),
        wrong("That only LSTMs have such units", "The plain RNN of this lesson has one with 0.93.")),
    Question(
        "The guessed vector and the right word's vector have cosine 0.99. How good is that?",
        wrong("Excellent: 1 would be perfect", "If any two words of the vocabulary have 0.999, then 0.99 says "
                                               "nothing."),
        wrong("The right word is the nearest one in 99 % of the cases", "A cosine is no share of right answers. Count "
                                                                         "them: here none or one of ten."),
        right("Nobody can say before knowing the cosine of any two words", "Yes: every number needs its baseline.")),
    Question(
        "A network has perplexity 10 on held-out letters. What does that mean?",
        wrong("It is right once in ten times", "Perplexity looks at the probability of the right token, not at how "
                                               "often it is the first choice. A perplexity near 10 went with 28 % "
                                               "right when pairs were counted."),
        right("On average it is as surprised as by a fair die with ten faces", "Yes: exp of the mean surprise."),
        wrong("It knows ten letters", "The vocabulary has 61 tokens; guessing blindly would be perplexity 61.")),
    Question(
        "A sequence-to-sequence network has to translate a sentence of 100 words. What does its decoder get?",
        wrong("All outputs of the encoder", "That is what attention added later. Here the state is all."),
        right("The encoder's last state, as large as for a sentence of one word", "Yes, that is the bottleneck: the "
                                                                                  "state does not grow with the "
                                                                                  "sentence."),
        wrong("The words, one by one", "During training it gets the right *answer* so far (teacher forcing), but "
                                       "never the question itself.")),
)
