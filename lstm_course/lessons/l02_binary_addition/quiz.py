"""Quiz of lesson 02."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "The article's program prints “3 + 9 = 12” after training. What does that prove?",
        wrong("The network has learned to add", "The program prints the true sum, not what the network "
                                                "answered. The same line appears with an untrained network."),
        wrong("It has learned this one sum, at least", "Not even that: what is printed comes from the label, "
                                                       "so the network's own answer is never seen."),
        right("Nothing: it printed the label", "After 1 000 iterations every printed sum is right and none "
                                               "of the network's 16 384 sums is.")),
    Question(
        "The article calls this network an LSTM. Is it one?",
        right("No: it has no gates and no cell state", "It is a simple recurrent network with sigmoid units "
                                                       "and three weight matrices."),
        wrong("Yes, it has a memory", "Every recurrent network has a memory, its state. An LSTM is one whose "
                                      "memory is written and read through gates."),
        wrong("Yes, the title says so", "A title is a claim; the list of parameters is the evidence: 304 "
                                        "weights in three matrices, none of them for a gate.")),
    Question(
        "Least significant bit first: what must h remember from one column to the next?",
        wrong("Both numbers so far", "The columns that are done are never needed again. Only what they hand "
                                     "on is."),
        right("One bit: the carry", "The next column needs to know whether a 1 is carried, and nothing "
                                    "else."),
        wrong("The sum so far", "Its bits have been given out already. All that the next column can need is "
                                "the carry.")),
    Question(
        "A network gives each bit as if it tossed a coin: 50 % of the bits are right. About how many of its 8-bit sums "
        "are right?",
        wrong("50 %", "A sum is right only if all 8 bits are. With a coin for each bit that happens once in "
                      "2⁸ = 256 times."),
        right("Less than 1 %", "All 8 tosses have to be right: ½⁸ = 0.4 % of the sums. So judge whole "
                               "sums, not bits."),
        wrong("12.5 %, one in eight", "That would be 1 out of 8 bits. All 8 have to be right at once: ½ · ½ "
                                      "· …, eight times.")),
)
