"""The one shell around every explorer.

An explorer is four plain parts: compute(**values) -> data, draw(data) -> SVG text, describe(data) ->
sentence, and presets. The shell makes the controls, redraws when one changes, and adds Predict, Step, Back,
Play and Reset. The picture is SVG text in an HTML widget: it is replaced in place, sharp, and readable by a
screen reader.
"""

import warnings
from html import escape

import ipywidgets as widgets

from lstm_course.whereabouts import is_static
from lstm_course.widgets import svg
from lstm_course.widgets.accessible import style
from lstm_course.widgets.controls import Slider
from lstm_course.widgets.figures import data_sha256
from lstm_course.widgets.predict import Panel
from lstm_course.widgets.style import LARGE, NORMAL
from lstm_course.widgets.ticker import Ticker

CSS = style("""
.lstm-explorer {--jp-widgets-font-size: 15px; max-width: 900px; padding: 4px 2px;
  --jp-widgets-input-border-color: #8A8A8A;}
.lstm-explorer .noUi-connects {background: #8A8A8A;}
.lstm-explorer .noUi-target .noUi-handle {background: #0072B2; border-color: #0072B2;}
.lstm-explorer .widget-toggle-button.mod-active {box-shadow: inset 0 0 0 2px currentColor;}
.lstm-explorer .lstm-title {font-size: 18px; font-weight: bold;}
.lstm-explorer .lstm-question {font-size: 16px; line-height: 1.4;}
.lstm-explorer .lstm-readout {font-size: 16px; line-height: 1.4;}
.lstm-explorer .lstm-error {border-left: 5px solid #D55E00; padding-left: 10px;}
.lstm-explorer .lstm-dim {opacity: .25;}
.lstm-explorer .lstm-box input {width: 76px; flex: none;}
.lstm-explorer .lstm-box label {padding-right: 6px;}
.lstm-explorer .lstm-predict {border-left: 5px solid #0072B2; padding-left: 10px; margin-bottom: 6px;}
.lstm-explorer pre {font-size: 14px; line-height: 1.35; padding: 8px; background: #F4F4F2; color: #1A1A1A;
  white-space: pre-wrap;}
.lstm-explorer button:focus-visible, .lstm-explorer input:focus-visible,
.lstm-explorer [role=slider]:focus-visible {outline: 3px solid #D55E00 !important; outline-offset: 1px;}
""")
ROW = {"flex_flow": "row wrap", "align_items": "center", "grid_gap": "0 18px"}


class Explorer(widgets.VBox):
    """An explorer. After a change of a control: compute, draw, describe.

    controls   Slider, Checkbox, Choice, Text; their names are the keywords of compute
    presets    name -> values: three or four settings that tell the story, as buttons
    steps      how many steps there are (or a function of the values): adds a control "step" from 0 to steps,
               Back, Step, Play (a step every `interval` seconds) and passes `step` to compute
    predict    a Predict: the picture is hidden until the student commits to a guess or asks to see it
    run        (label, generator function of the values): a button that starts and stops it. It yields
               (share done, result), and compute is called with result=, None before the first run
    code       values -> NumPy code of this state, shown on demand
    static     the presets drawn when there is no kernel, in `columns`; default: the end of the start state
    lines      lines kept free for the sentence below the picture, so that the page never jumps
    """

    def __init__(self, title, controls, compute, draw, describe, *, presets=None, steps=None, predict=None,
                 run=None, code=None, static=None, columns=1, interval=0.9, lines=2):
        self.title, self.compute, self.draw, self.describe = title, compute, draw, describe
        self.presets, self.steps, self.predict, self.code = dict(presets or {}), steps, predict, code
        self.static, self.columns, self.interval = static, columns, interval
        self.controls = {control.name: control for control in controls}
        self.values = {name: control.value for name, control in self.controls.items()}
        self.run_label, self.run = run or (None, None)
        self.guess, self.revealed = None, predict is None
        self.data = self.error = self.result = None
        self._quiet = False
        if steps is not None:
            self._add_clock()
        super().__init__(self._rows(lines))
        self.add_class("lstm-explorer")
        for control in self.controls.values():
            for part in control.parts:
                part.observe(lambda change, control=control: self._changed(control, change["new"]), "value")
        if is_static():
            self.panels()           # a mistake in the start state must stop the build
        self.redraw()

    # ---- values ------------------------------------------------------------------------------------------

    def set(self, **values):
        """Set controls from Python; values out of range go to the nearest that is possible."""
        for name in sorted(values, key=lambda name: name == "step"):      # the step last: its end may depend
            if name not in self.controls:
                raise ValueError(f"there is no control {name!r}, expected one of {', '.join(self.controls)}")
            if name == "step":
                self._limit_clock()
            self.values[name] = self.controls[name].clean(values[name])
        self._show_values()
        self.redraw()

    def _changed(self, control, raw):
        """A widget has a new value: take it, or say why not."""
        if self._quiet:
            return
        try:
            self.values[control.name] = control.clean(raw)
        except Exception as error:
            self._show_error(error)
            if control.patient:
                return
        else:
            self.redraw()
        self._show_values()

    def _show_values(self):
        self._quiet = True
        try:
            for name, control in self.controls.items():
                control.show(self.values[name])
        finally:
            self._quiet = False

    # ---- picture -----------------------------------------------------------------------------------------

    def redraw(self):
        """Compute, draw and describe the current values; say it in a sentence if that fails."""
        try:
            self._limit_clock()
            with warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)
                self.data = self._computed(self.values)
                picture, words = self._picture(self.data)
        except Exception as error:
            self._show_error(error)
            return
        self.error = None
        self.picture.value = picture
        self._say(words)
        self._show_code()

    def _computed(self, values):
        return self.compute(**values, result=self.result) if self.run else self.compute(**values)

    def _picture(self, data):
        """The labelled picture and its sentence; before the guess without the answer."""
        if not self.revealed:
            words = f"Hidden until you predict: {self.settings()}."
            picture = self.predict.mask(data) if self.predict.mask else self._card()
        else:
            words, picture = self.describe(data), self.draw(data)
            if self.predict and self.predict.mark:
                picture = picture.removesuffix("</svg>") + self.predict.mark(data, self.guess) + "</svg>"
        return svg.labelled(picture, self.title, words), words

    def settings(self):
        """The values of all controls in words."""
        return ", ".join(control.words(self.values[name]) for name, control in self.controls.items())

    def _card(self):
        """A sheet that shows the settings, but not what comes of them."""
        words = [control.words(self.values[name]) for name, control in self.controls.items()]
        width, height = svg.size(self.draw(self.data))
        top = height / 2 - 14 * len(words)
        lines = [svg.text(width / 2, top + 28 * k, line, NORMAL) for k, line in enumerate(words)]
        mark = svg.text(width / 2, height - 30, "?", 2 * LARGE, weight="bold")
        return svg.picture(int(width), int(height), *lines, mark)

    def _say(self, words):
        self.readout.value = f'<div class="lstm-readout">{escape(words)}</div>'

    def _show_error(self, error):
        self.error = error
        words = escape(sentence(error))
        self.readout.value = f'<div class="lstm-readout lstm-error">{words}</div>'
        if "lstm-dim" not in self.picture.value:
            self.picture.value = f'<div class="lstm-dim">{self.picture.value}</div>'

    def _safely(self, act, *given):
        """Do what a button asks; an exception there would otherwise be lost."""
        try:
            act(*given)
        except Exception as error:
            self._show_error(error)

    def _show_code(self):
        if self.code is not None:
            shown = f"<pre>{escape(self.code(dict(self.values)))}</pre>" if self.code_button.value else ""
            self.code_text.value = shown

    # ---- layout ------------------------------------------------------------------------------------------

    def _rows(self, lines):
        self.picture = widgets.HTML(layout={"margin": "4px 0"})
        self.readout = widgets.HTML(layout={"min_height": f"{24 * lines}px", "margin": "2px"})
        self.readout.add_class("lstm-live")
        self.buttons = {}
        head = widgets.HTML(f'{CSS}<div class="lstm-title">{escape(self.title)}</div>')
        given = [control.view for name, control in self.controls.items() if name != "step"]
        rows = [head, self._predict_row(), widgets.HBox(given, layout=ROW), self._preset_row(),
                self._clock_row(), self._run_row(), self.picture, self.readout, self._code_row()]
        return [row for row in rows if row is not None]

    def _button(self, name, act, label=None):
        layout = {"width": "auto", "margin": "2px 6px 2px 0"}
        button = widgets.Button(description=label or name, layout=layout)
        button.on_click(lambda _: self._safely(act))
        self.buttons[name] = button
        return button

    def _predict_row(self):
        self.panel = Panel(self.predict, lambda guess: self._safely(self.reveal, guess)) if self.predict else None
        return self.panel

    def _preset_row(self):
        buttons = [self._button(name, lambda values=values: self.preset(values))
                   for name, values in self.presets.items()]
        label = [widgets.HTML('<b class="lstm-name">Try</b>', layout={"margin": "2px 8px 2px 2px"})] if buttons else []
        reset = [] if self.steps is not None else [self._button("Reset", self.reset)]
        row = widgets.HBox([*label, *buttons, *reset], layout={"flex_flow": "row wrap"})
        return row.add_class("lstm-row") if buttons else row

    def _clock_row(self):
        if self.steps is None:
            return None
        buttons = [self._button("Back", lambda: self.step(-1), "◀ Back"),
                   self._button("Step", lambda: self.step(+1), "Step ▶"), self._button("Play", self.play),
                   self._button("Reset", self.reset)]
        self.ticker = Ticker(self._tick, self._play_ended)
        return widgets.HBox([*buttons, self.controls["step"].view], layout={"flex_flow": "row wrap",
                                                                            "align_items": "center"})

    def _run_row(self):
        if self.run is None:
            return None
        self.progress = widgets.FloatProgress(value=0, min=0, max=1, description="0 %")
        self.runner = Ticker(self._advance, self._run_ended)
        return widgets.HBox([self._button("Run", self.start_run, self.run_label), self.progress])

    def _code_row(self):
        if self.code is None:
            return None
        self.code_button = widgets.ToggleButton(description="Show this state as NumPy code",
                                                tooltip="the code appears below", layout={"width": "auto"})
        self.code_text = widgets.HTML()
        self.code_button.observe(lambda _: self._show_code(), "value")
        return widgets.VBox([widgets.HBox([self.code_button]), self.code_text])

    # ---- predict, presets, reset -------------------------------------------------------------------------

    def reveal(self, guess=None):
        """Show the answer beside the guess (None: the student only wanted to see)."""
        self.guess, self.revealed = guess, True
        self.set(**self.predict.at)
        if self.error is None:
            self.panel.say(self.predict.verdict(self.data, guess))

    def preset(self, values):
        """Go to a preset: its values, and the start values of all other controls but the step."""
        self.stop()
        start = {name: control.value for name, control in self.controls.items() if name != "step"}
        self.set(**start | values)

    def reset(self):
        """Back to the start; a recorded guess stays."""
        self.stop()
        self.result = None
        self.set(**{name: control.value for name, control in self.controls.items()})

    def stop(self):
        """End Play and a run."""
        if self.steps is not None:
            self.ticker.stop()
        if self.run is not None:
            self.runner.stop()

    # ---- time --------------------------------------------------------------------------------------------

    def _last(self, values):
        return self.steps(values) if callable(self.steps) else self.steps

    def _add_clock(self):
        last = self._last(self.values)
        self.controls["step"] = Slider("step", "step", 0, last, 1, 0, width="300px")
        self.values["step"] = 0

    def _limit_clock(self):
        if callable(self.steps):
            last = self.steps(self.values)
            self._quiet = True
            self.controls["step"].limit(last)
            self._quiet = False
            self.values["step"] = min(self.values["step"], last)

    def step(self, by=1):
        """One step on, or back; Play stops."""
        self.ticker.stop()
        self.set(step=self.values["step"] + by)

    def play(self):
        """Start to play, from the beginning if at the end; or stop."""
        if self.ticker.running:
            self.ticker.stop()
            return
        if self.values["step"] >= self._last(self.values):
            self.set(step=0)
        self.buttons["Play"].description = "Stop"
        self.add_class("lstm-busy")
        self.ticker.start(self.interval)

    def _tick(self):
        self.set(step=self.values["step"] + 1)
        return self.values["step"] < self._last(self.values)

    def _play_ended(self):
        self.buttons["Play"].description = "Play"
        self.remove_class("lstm-busy")

    # ---- runs --------------------------------------------------------------------------------------------

    def start_run(self):
        """Start the run, or stop it; what it has yielded is kept."""
        if self.runner.running:
            self.runner.stop()
            return
        self.work = self.run(**self.values)
        self.buttons["Run"].description = "Stop"
        self.add_class("lstm-busy")
        self.runner.start(0.005)

    def _advance(self):
        """One piece of the run; False at its end."""
        try:
            share, self.result = next(self.work)
        except StopIteration:
            return False
        except Exception as error:
            self._show_error(error)
            return False
        self.progress.value, self.progress.description = share, f"{100 * share:.0f} %"
        self.redraw()
        return True

    def _run_ended(self):
        self.buttons["Run"].description = self.run_label
        self.remove_class("lstm-busy")

    # ---- without a kernel --------------------------------------------------------------------------------

    def panels(self):
        """The states that tell the story on paper: a list of (caption, data)."""
        start = {name: control.value for name, control in self.controls.items()}
        chosen = {name: self.presets[name] for name in self.static} if self.static else {"": {}}
        panels = []
        for name, values in chosen.items():
            values = start | values
            if self.steps is not None and "step" not in chosen[name]:
                values["step"] = self._last(values)
            result = {"result": None} if self.run else {}
            panels.append((name, self.compute(**values, **result)))
        return panels

    def summary(self, panels):
        """The explorer in words."""
        lines = [f"{name}: {self.describe(data)}" if name else self.describe(data) for name, data in panels]
        return "\n".join([f"Explorer: {self.title}", *lines])

    def _repr_mimebundle_(self, include=None, exclude=None, **more):
        panels = self.panels()
        words = self.summary(panels)
        if not is_static():
            view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
            return {"text/plain": words, "application/vnd.jupyter.widget-view+json": view}
        pictures = [(name, self.draw(data)) for name, data in panels]
        picture = pictures[0][1] if len(pictures) == 1 else svg.stack(pictures, self.columns)
        alt = " ".join(words.split())
        meta = {"alt": alt, "data_sha256": data_sha256(dict(panels))}
        svg_text = svg.labelled(picture, self.title, alt)
        return {"text/plain": words, "image/svg+xml": svg_text}, {"image/svg+xml": meta}

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
