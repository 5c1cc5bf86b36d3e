"""Quiz of lesson A."""

from lstm_course.asking.quizzes import Question, right, wrong

QUIZ = (
    Question(
        "Three causal convolutions with kernel 3 have dilations 1, 3 and 9. How many steps does the last output see?",
        right("27 steps", "1 + 2 · (1 + 3 + 9). With dilations 1, 3, 9 the field triples, and no step in it is left "
                          "out."),
        wrong("13 steps", "That adds the dilations. Each layer adds its dilation twice, as the kernel has three "
                          "places."),
        wrong("39 steps", "That is 3 · (1 + 3 + 9). A kernel of three places has two distances, and the present step "
                          "counts once.")),
    Question(
        "A network is a convolution and then, of each output, the largest of all steps. A series with a pattern in its "
        "middle is moved by 5 steps. What becomes of the result?",
        wrong("It moves by 5 steps as well",
              "The *answers* of the convolution do. But the largest of them is one number, and has no place."),
        right("It stays what it was",
              "The same answers come 5 steps later, and their largest is the same: equivariance, then a maximum."),
        wrong("It shrinks by 5 steps",
              "The pattern is met by the same kernel with the same weights, only later.")),
    Question(
        "A series becomes twice as long. What doubles in a stack of convolutions that is made for the shorter one?",
        wrong("its parameters", "The kernels are used at more places, and they stay the same."),
        wrong("its receptive field", "That depends on kernels, dilations and layers alone."),
        right("its multiplications", "Each step has a window of its own, with the same number of products.")),
    Question(
        "After 200 steps a network is asked which blip came. Convolutions that see the last 127 steps fail, and so "
        "does an LSTM. Which of them keeps a blip better?",
        wrong("the LSTM: its state holds all 200", "It can hold them, and failed all the same: a failure of both ranks "
                                                  "neither."),
        right("unknown: 73 steps are not seen", "Nothing that is learned can help there. Compare with windows that see "
                                               "the whole series."),
        wrong("the windows: nothing in them fades", "What lies before them is not there at all, so the two were not "
                                                    "given the same task.")),
    Question(
        "A dilated network sees all of the past that matters, and a task is still not learned within the updates in "
        "which an LSTM learns it. What has that shown?",
        right("windows can see all that a rule needs, and not find it",
              "Field and size were given. What differs is how easily training finds this rule."),
        wrong("windows take more updates than a state for any rule",
              "That is one task. The last button took both the same number of updates, 100 in the median."),
        wrong("windows cannot compute the rule, whatever is learned",
              "Runs show what was learned. Other weights may compute it, as those set by hand for the switch.")),
)
