"""The twelve questions of the concept test.

Every wrong choice is a misconception; what it believes stands in `believes`, for teaching/concept_test.md. The right
answers are measured in tests/asking/test_concept_test.py.
"""

from dataclasses import dataclass

from lstm_course import lessons
from lstm_course.asking.questions import LETTERS, Option, Question, right

UNSURE = "I don't know"


@dataclass(frozen=True)
class Mistake(Option):
    """A wrong choice, and what somebody believes who takes it."""

    believes: str = ""


def mistake(text: str, believes: str, feedback: str) -> Mistake:
    return Mistake(text, feedback, believes=believes)


class ConceptQuestion(Question):
    """A question of the test, and where the course answers it: the lesson, and the part of that lesson."""

    lesson: str
    part: str

    def __init__(self, lesson: str, part: str, text: str, *choices: Option):
        super().__init__(text, *choices)
        object.__setattr__(self, "lesson", lesson)
        object.__setattr__(self, "part", part)

    @property
    def key(self) -> str:
        """The letter of the right answer."""
        return LETTERS[[choice.correct for choice in self.choices].index(True)]

    @property
    def place(self) -> str:
        """Where the course answers it, in words."""
        return f"lesson {self.lesson} ({lessons.lesson(self.lesson).title}), part {self.part}"


QUESTIONS = (
    ConceptQuestion(
        "01", "⑤",
        "A recurrent network was trained on sequences of 10 steps. Now it reads a sequence of 100 steps. Which weights "
        "does it use?",
        mistake("Ten times as many as before, because every step has its own",
                "each step has its own weights",
                "The drawing repeats the cell for each step, the network does not: W, U and b are used again."),
        mistake("None that fit: it has to be trained again, with 100 cells",
                "the number of cells is the length of the sequence",
                "The number of units is chosen, the number of steps comes with the data. Any length can be read."),
        right("The same ones at every step, no more than before",
              "One W, one U and one b serve all steps, whatever T is."),
        mistake("The same ones, but only for the last 10 steps",
                "a network sees a window as long as its training sequences",
                "The state is carried through all 100 steps, each computed with the same weights.")),
    ConceptQuestion(
        "03", "③",
        "The weight u is used at three steps. If its first use alone is changed a little, the loss changes by 0 times "
        "that much; for the second use alone it is 0.0575 times, for the third 0.0632 times. What is the gradient of "
        "u?",
        right("0.1207, the sum", "One number u, three uses: a change of u changes all of them, and the effects add "
                                 "up."),
        mistake("0.0632, because the last step decides",
                "only the last step counts",
                "It is the largest part here, but every use of u moves the loss."),
        mistake("0.0402, the mean",
                "a gradient is averaged over the steps",
                "Nothing is divided by T. More uses, more effect."),
        mistake("There are three gradients: u is changed once after each step",
                "backpropagation through time updates the weights at each step",
                "The three parts are collected first, and then u changes once.")),
    ConceptQuestion(
        "04", "③",
        "One unit feeds itself: h ← tanh(2.5 h), plus a little noise. It begins at + or −, and 50 steps later its sign "
        "is still right in 1 000 of 1 000 runs. About how large is the derivative of its last state with respect to "
        "its first?",
        mistake("Near 1, because what is kept passes unchanged",
                "a kept state has a kept gradient, a vanished gradient is a forgotten state",
                "The state rests where tanh is flat. That irons out small changes, and a derivative is the effect of a "
                "small change."),
        right("As good as 0", "1.6e-57 without noise. The state is remembered, and yet a small change of the start has "
                              "no effect: remembering and learning to remember are two things."),
        mistake("About 2.5 to the power of 50, because each step multiplies by 2.5",
                "only the weight counts, the slope of tanh is forgotten",
                "Each step multiplies by 2.5 times the slope of tanh, and the slope is tiny there."),
        mistake("About 50, one for each step",
                "derivatives along a chain are added",
                "Along a chain they are multiplied. A sum comes in where one weight is used several times.")),
    ConceptQuestion(
        "05", "⑤",
        "A memory follows c ← f · c + i · m, with f = 0.95 at each step; f, i and m do not depend on c. The memory at "
        "the start is made larger by 1. By how much is it larger after 20 steps?",
        mistake("By 1: what is added is never lost",
                "a memory that is written by adding has the gradient 1",
                "Adding has the slope 1, but the old memory goes through f each time."),
        mistake("By almost nothing: at f = 0.95, 95 % is forgotten each time",
                "f is the share that is forgotten",
                "f is the share that is kept. The name misleads."),
        mistake("By 0.95",
                "the gate acts once, not at every step",
                "By 0.95 after one step. Each further step multiplies again."),
        right("By 0.36, which is 0.95 to the power of 20", "Along the memory the slopes f are multiplied: 0.358.")),
    ConceptQuestion(
        "06", "⑤",
        "An LSTM cell holds c = 0.8. In this step f = 1, i = 0 and o = 0. What does the next layer get, and what is in "
        "the cell afterwards?",
        mistake("It gets 0.8, and the cell holds 0.8",
                "the output is the cell state",
                "The next layer gets h = o · tanh(c), and o is 0."),
        right("It gets 0, and the cell holds 0.8", "o decides what is shown, not what is kept. f = 1 keeps."),
        mistake("It gets 0, and the cell holds 0",
                "the output gate also clears the memory",
                "o does not stand in the formula of c. Erasing is what f = 0 does."),
        mistake("It gets 0.8, and the cell holds 0",
                "f = 1 means forget, and what is forgotten is given out",
                "f = 1 keeps, and o = 0 shows nothing.")),
    ConceptQuestion(
        "07", "⑥",
        "Your backward pass forgets to hand the gradient on to the step before. Which test shows it?",
        mistake("Training: with a wrong gradient the loss does not fall",
                "a network that learns has a right gradient",
                "A wrong gradient may still point roughly downhill, and the loss falls."),
        mistake("A gradient check with sequences of one step, because all steps run the same code",
                "a gradient check with T = 1 proves the gradient",
                "With one step nothing is handed on, so nothing can be missing."),
        mistake("Comparing the outputs with those of a second program",
                "right outputs mean right gradients",
                "The outputs come from the forward pass, and that is right."),
        right("A gradient check with sequences of several steps", "Only then is something handed on, and the "
                                                                  "differences notice if it is missing.")),
    ConceptQuestion(
        "08", "⑤",
        "A network has 60 400 weights and ten training examples. Somebody puts their labels into a random order. How "
        "small can the training error become?",
        right("As small as with the true labels",
              "It is enough to memorise ten numbers. So a small training error does not show that a rule was found."),
        mistake("It stays large, because there is no rule to be found",
                "a small training error means that the rule was learned",
                "No rule is needed to fit ten examples with 60 400 weights."),
        mistake("It becomes that of always saying the mean label",
                "without a rule a network can do no better than the mean",
                "That holds for new examples. The ten that it trains on, it can learn one by one."),
        mistake("It falls at first, and rises again when the network overfits",
                "overfitting shows in the training error",
                "Overfitting shows on data that were held out. On the training data the error goes on falling.")),
    ConceptQuestion(
        "09", "⑤",
        "A new LSTM with forget bias 1, and 50 steps of random input. Take the way along the cell state alone, the "
        "product of its forget gates. How much of a gradient is left on it?",
        mistake("All of it: LSTMs do not suffer from vanishing gradients",
                "LSTMs cannot suffer from vanishing gradients",
                "They can. Along the cell state a gradient is multiplied by f at each step."),
        mistake("All of it: a forget bias of 1 means f = 1",
                "the bias is the gate, so bias 1 is a long memory",
                "The bias goes through σ first: σ(1) = 0.73."),
        right("Less than a millionth", "About 0.73 to the power of 50. A bias of 1 keeps half of it for 2.2 steps."),
        mistake("About half of it",
                "a gate of 0.73 at each step keeps about that share in all",
                "Half is left after two or three steps already.")),
    ConceptQuestion(
        "10", "④",
        "You read in a paper: a GRU unit has the old state 0.8, the candidate −0.5 and the update gate z = 0.9. What "
        "is its new state?",
        mistake("0.67: z is the share that is kept",
                "z has one meaning, that of PyTorch and Keras",
                "In PyTorch, in Keras and in this course. Other papers take z for the share that is new."),
        right("0.67 or −0.37, depending on what z means in this paper", "z or 1 − z: both are in use. Look for the "
                                                                        "formula, not for the name."),
        mistake("−0.37: z is the share that is new",
                "z has one meaning, that of the other papers",
                "In some papers. In PyTorch, Keras and this course z is the share that is kept."),
        mistake("0.35: the old state is kept, and 0.9 of the candidate is added",
                "a GRU writes as an LSTM does with f = 1",
                "A GRU has no separate gates for keeping and writing: its two shares make 1.")),
    ConceptQuestion(
        "12", "③",
        "A plot shows a network's forecasts, one month ahead, for twelve years: the line lies almost on the line of "
        "the truth. What do you need before you call it good?",
        mistake("Nothing more: the two lines lie on each other",
                "curves that lie on each other show skill",
                "Drawn like that, “same as last month” lies on the truth as well."),
        mistake("The error on the months that it was trained on, which should be near 0",
                "a low training error means that the rule was learned",
                "A small error there says little about months it has not seen."),
        mistake("A larger network, to see whether that does still better",
                "the bigger model wins",
                "A rule without parameters may beat both."),
        right("Its error, and that of “same as last month”, on months it was not trained on",
              "A forecast is good if it beats such a rule on data that were held back.")),
    ConceptQuestion(
        "13", "③",
        "A two-way LSTM reads a sentence of 20 words. At its last output, out[-1], how much of the sentence has its "
        "backward half read?",
        mistake("All of it, as the forward half has",
                "out[-1] sums up a two-way layer",
                "The backward half begins at the last word. It has read everything at out[0]."),
        mistake("All but the last word",
                "the backward half holds everything that comes before a word",
                "It holds what comes after a word, and the word itself."),
        right("The last word only", "It starts there. Its summary of the sentence stands at step 0."),
        mistake("Nothing yet",
                "the backward half has not begun where the forward half ends",
                "It begins at that word, so it has read it.")),
    ConceptQuestion(
        "14", "More",
        "In a trained LSTM one unit is on inside quotation marks and off outside (correlation 0.98). This unit is cut "
        "off. What becomes of the network's knowledge of quotation marks?",
        right("It may keep most of it: other units can carry it, too", "Measured in lesson 14: the predictions become "
                                                                       "a little worse, no more. One unit is not one "
                                                                       "concept."),
        mistake("It is lost, because it was kept in this unit",
                "one unit is one concept",
                "A correlation says what a unit follows, not where the network keeps it."),
        mistake("It is lost, but a plain recurrent network could not have had such a unit at all",
                "only LSTMs have units that can be read",
                "The plain network of lesson 14 has one with 0.93, and neither network needs that one unit."),
        mistake("It becomes better, because a unit that follows one thing alone is overfitted",
                "a unit that can be read is a sign of overfitting",
                "Nothing becomes better: without it the predictions are a little worse.")),
)
