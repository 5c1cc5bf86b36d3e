"""The one shell around every explorer.

An explorer is four plain parts: compute(**values) -> data, draw(data) -> SVG text, describe(data) ->
sentence, and presets. The shell makes the controls, redraws when one changes, and adds the question, Step, Back,
Play and Reset. The picture is SVG text in an HTML widget: it is replaced in place, sharp, and readable by a
screen reader.

    State (state.py)     the controls and their values         View (view.py)    rows, picture, sentence, code
    Clock (clock.py)     Step, Back, Play                      Guess (guess.py)  the question before the answer
    Runner (runner.py)   training runs                         paper.py          what is shown without a kernel
    Stored (stored.py)   the last picture, kept in the notebook
"""

import warnings

import ipywidgets as widgets

from lstm_course.whereabouts import is_static
from lstm_course.widgets import paper, svg
from lstm_course.widgets.clock import Clock
from lstm_course.widgets.guess import GuessPanel
from lstm_course.widgets.runner import Runner
from lstm_course.widgets.state import State
from lstm_course.widgets.stored import Stored
from lstm_course.widgets.view import View, settings_sheet


class Explorer(widgets.VBox):
    """An explorer. After a change of a control: compute, draw, describe.

    controls   Slider, Checkbox, Choice, Text; their names are the keywords of compute
    presets    name -> values: three or four settings that tell the story, as buttons
    steps      how many steps there are (or a function of the values): adds a control "step" from 0 to steps,
               Back, Step, Play (a step every `interval` seconds) and passes `step` to compute
    keep_time  (step, old values, new values) -> step: the same moment after a change, if steps are counted anew
    predict    a Guess: the explorer stands where the question is asked, its picture is hidden and its controls rest,
               until the student commits to a guess or asks to see it
    ask_every_step  True, or a function of the values that says when: the question is asked after every change
    run        (label, generator function of the values[, function of the values: does a run make sense?]): a
               button that starts and stops it. It yields (share done, result), and compute is called with
               result=, None before the first run
    code       values -> NumPy code of this state, shown on demand
    static     the presets drawn when there is no kernel, in `columns`; default: the end of the start state
    lines      lines kept free for the sentence below the picture, so that the page never jumps
    chinese    Chinese may be drawn or typed: the page gets a font for it (han.py)
    """

    def __init__(self, title, controls, compute, draw, describe, *, presets=None, steps=None, keep_time=None,
                 predict=None, ask_every_step=False, run=None, code=None, static=None, columns=1, interval=0.9,
                 lines=2, chinese=False):
        self.title, self.compute, self.draw, self.describe = title, compute, draw, describe
        self.presets, self.predict, self.code = dict(presets or {}), predict, code
        self.static, self.columns, self.chinese = static, columns, chinese
        self.state = State(controls, steps, keep_time)
        self.clock = None if steps is None else Clock(self, interval)
        self.runner = Runner(self, *run) if run else None
        self.panel = GuessPanel(predict, lambda guess: self.safely(self.reveal, guess)) if predict else None
        self.asks_again = ask_every_step if callable(ask_every_step) else lambda values: ask_every_step
        self.guess, self.answered, self.revealed = None, predict is None, predict is None
        self.data = self.error = None
        super().__init__()
        self.view, self.stored, self.shown = View(self, lines), Stored(self), ("", "")
        self.children = self.view.rows
        self.add_class("lstm-explorer")
        self.state.observe(self.changed)
        if is_static():
            self.panels()           # a mistake in the start state must stop the build
        self.state.set(**(predict.asked_at(self.values) if predict else {}))
        self.redraw()

    controls = property(lambda self: self.state.controls)
    values = property(lambda self: self.state.values)
    buttons = property(lambda self: self.view.buttons)
    picture = property(lambda self: self.view.picture)
    readout = property(lambda self: self.view.readout)

    @property
    def result(self):
        """What the last run has yielded, or None."""
        return self.runner and self.runner.result

    # ---- values ------------------------------------------------------------------------------------------

    def set(self, **values):
        """Set controls from Python; values out of range go to the nearest that is possible."""
        self.state.set(**values)
        self._hide_again()
        self.redraw()

    def changed(self, control, part, raw):
        """The student has changed a widget: take its value, or say why not."""
        self.remove_class("lstm-moved")
        try:
            self._stop_run("a setting was changed")
            self.state.take(control, part, raw)
        except Exception as error:
            self.complain(error)
            if control.patient or part is getattr(control, "box", None):
                return
        else:
            self._hide_again()
            self.redraw()
        self.state.show()

    # ---- picture -----------------------------------------------------------------------------------------

    def redraw(self):
        """Compute, draw and describe the current values; say it in a sentence if that fails."""
        try:
            self.state.limit()
            with warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)
                self.data = self.computed(self.values, self.result)
                picture, words = self._picture_and_words()
        except Exception as error:
            self.complain(error)
            return
        self.error, self.shown = None, (picture, words)
        self._arrange()
        self.view.show(svg.labelled(picture, self.title, words), words)
        self.view.show_code()
        self.stored.follow()

    def _arrange(self):
        """Before the guess the question stands where the controls are afterwards."""
        if self.panel:
            self.panel.ask(not self.revealed)
        self.view.rest(not self.answered)
        if self.runner:
            self.runner.allow(self.values)

    def computed(self, values, result):
        inputs = self.state.inputs(values)
        return self.compute(**inputs, result=result) if self.runner else self.compute(**inputs)

    def _picture_and_words(self):
        """The picture and its sentence; before the guess without the answer."""
        if not self.revealed:
            words = self.state.words()
            mask = self.predict.mask
            given = self.predict.given(self.data) if self.predict.given else ", ".join(words)
            picture = mask(self.data) if mask else settings_sheet(self.draw(self.data), words)
            return picture, f"Hidden until you predict: {given}."
        picture = self.draw(self.data)
        if self.predict and self.predict.mark:
            picture = picture.removesuffix("</svg>") + self.predict.mark(self.data, self.guess) + "</svg>"
        return picture, self.describe(self.data)

    def complain(self, error):
        """Show an exception as one sentence; the next change recovers."""
        self.error = error
        self.view.complain(sentence(error))

    def safely(self, act, *given):
        """Do what a button asks; an exception there would otherwise be lost."""
        try:
            act(*given)
        except Exception as error:
            self.complain(error)

    # ---- the question, presets, reset --------------------------------------------------------------------

    def reveal(self, guess=None):
        """Show the answer beside the guess (None: the student only wanted to see)."""
        self.guess, self.answered, self.revealed = guess, True, True
        self.state.set(**self.predict.asked_at(self.values))
        self.redraw()
        if self.error is None:
            self.panel.say(self.predict.verdict(self.data, guess))

    def skip_question(self):
        """Show everything from the start, without having asked."""
        self.answered = self.revealed = True
        self.state.set(**self.state.start())
        self.redraw()

    def _hide_again(self):
        """After a change the question is asked anew, if it is asked at every step."""
        if self.predict is None:
            return
        asks = self.asks_again(self.values)
        self.revealed = self.answered and not asks
        if asks:
            self.panel.say("")

    def preset(self, values):
        """Go to a preset: its values, and the start values of all other controls but the step."""
        self.stop("a preset was chosen")
        self.set(**self.state.start(time=False) | values)

    def reset(self):
        """Back to the start; a recorded guess stays."""
        self.stop()
        if self.runner:
            self.runner.reset()
        self.set(**self.state.start())

    def stop(self, why="it was stopped"):
        """End Play and a run."""
        if self.clock:
            self.clock.stop()
        self._stop_run(why)

    def _stop_run(self, why):
        if self.runner:
            self.runner.stop(why)

    # ---- without a kernel --------------------------------------------------------------------------------

    def panels(self):
        """The states that tell the story on paper: a list of (caption, data)."""
        return paper.panels(self)

    def _ipython_display_(self):
        """The widget, and below it the picture that stays when the kernel has gone."""
        if is_static():
            raise NotImplementedError           # so that Jupyter asks for the MIME bundle
        from IPython.display import display
        display(self._repr_mimebundle_(), raw=True)
        self.stored.display()

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        return paper.bundle(self)

    def __repr__(self):
        return f"Explorer: {self.title}"


def sentence(error):
    """An exception in one sentence for a student."""
    words = " ".join(str(error).split())
    if isinstance(error, (RuntimeWarning, FloatingPointError, OverflowError)):
        return f"The numbers left the range that float64 can hold ({words}); choose milder values."
    if isinstance(error, ValueError) and words:
        return words
    return f"This setting cannot be shown ({type(error).__name__}: {words}); change a control to go on."
