"""Quiz of lesson 09."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "Somebody holds g's block of U at 0 in the forward *and* in the backward pass. With bias 1 none of these "
        "networks learns the latch. What follows, if 19 of 20 learn with all of U?",
        wrong("That the gradient needs its way by g",
              "The forward pass is another one, too: g no longer sees h. Perhaps that was missing, not the way back."),
        right("g must see h: forward, back or both",
              "Which of them, this does not tell. The control in ⑤ cuts on the way back only."),
        wrong("Nothing, as two things were changed",
              "A part of the network was taken away, and it was needed. Only what for remains open.")),
    Question(
        "“In an LSTM the gradient flows unhindered along the cell state.” Of which quantity is this nearly true?",
        wrong("Of ∂c_T/∂c_t, if nothing is trained yet",
              "It has the ways through h as well. Untrained, with bias 0, it has vanished after 50 steps; with bias"
              " 5 it is above 100."),
        wrong("Of ∂h_T/∂h_t, if every o is close to 1",
              "It goes through tanh at both ends, and through all ways between."),
        right("Of ∏ f, if every f is close to 1",
              "With f = 1 it is 1 for any number of steps: the carousel of 1997.")),
    Question(
        "With forget bias 1 the direct path halves in 2.2 steps. How much is left of it after 22 steps?",
        right("About a thousandth",
              "Half is lost ten times: ½¹⁰ = 1/1024."),
        wrong("About a twentieth",
              "That would be half, divided by ten. But each 2.2 steps take half of what is *left*."),
        wrong("About a millionth",
              "That is ½²⁰, after 44 steps.")),
    Question(
        "A trained tanh unit holds a bit: near +1 or near −1, for 50 steps of noise, without a mistake. How large is "
        "∂h_50/∂h_0?",
        wrong("Near 1, as nothing of the bit is lost",
              "The *sign* is kept. A small push is not, and the derivative is about small pushes."),
        right("Near 0, as tanh is flat at both ends",
              "A small push dies out. That keeps the bit safe, and it makes the gradient small (lesson 04)."),
        wrong("Above 1, as the noise must be beaten",
              "Above 1 the noise would grow as well, and the bit would be lost.")),
    Question(
        "One unit, two steps: the parts are direct 0.3, by i 0.1, by f 0.1 and by g −0.5. On the way back you cut the "
        "way by g. What becomes of the derivative?",
        wrong("It falls, from 1 to 0.5",
              "That adds the sizes. The parts have signs, and their sum is 0."),
        wrong("It falls, from 0.5 to 0",
              "With all ways it is 0.3 + 0.1 + 0.1 − 0.5 = 0."),
        right("It grows, from 0 to 0.5",
              "Ways may cancel. So some of the ways may have more than 100 % of the full norm.")),
)
