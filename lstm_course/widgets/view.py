"""What an explorer looks like: beside each other controls and picture, below them the sentence, presets and time.

Before the guess the question stands where the controls are afterwards, so nothing jumps when it is answered. In a
narrow window the controls go above the picture; the picture keeps its size, so that zoom enlarges its text.
After Step and in Play a line of class "lstm-flow" (with pathLength 1) grows from its first point to its last.
"""

from html import escape

import ipywidgets as widgets

from lstm_course.widgets import han, svg
from lstm_course.widgets.accessible import style
from lstm_course.widgets.style import LARGE, NORMAL

SIDE, SMALLEST = 208, 0.93          # width of the controls in px; how far a picture may shrink before it scrolls
AGAIN = "Run this cell again (or Run → Run All Above Selected Cell) to make it live."
CSS = """
.lstm-explorer {--jp-widgets-font-size: 15px; --jp-widgets-input-border-color: #8A8A8A; max-width: 1120px;
  padding: 2px; overflow: hidden;}
.lstm-explorer .noUi-connects {background: #8A8A8A;}
.lstm-explorer .noUi-target .noUi-handle {background: #0072B2; border-color: #0072B2;}
.lstm-explorer .widget-toggle-buttons {display: flex; flex-flow: row wrap; align-items: baseline; gap: 0 6px;
  height: auto;}
.lstm-explorer .widget-toggle-buttons > div {flex-wrap: wrap;}
.lstm-explorer .widget-toggle-button {margin: 1px 3px 1px 0; padding: 0 8px; height: 28px;}
.lstm-explorer .widget-toggle-button.mod-active {box-shadow: inset 0 0 0 2px currentColor;}
.lstm-explorer .lstm-title {font-size: 18px; font-weight: bold; line-height: 1.3;}
.lstm-explorer .lstm-question {font-size: 15px; line-height: 1.35; white-space: normal;}
.lstm-explorer .lstm-readout {font-size: 16px; line-height: 1.4; white-space: normal;}
.lstm-explorer .lstm-live > .widget-html-content {white-space: normal; line-height: 1.4; height: auto;}
.lstm-explorer .lstm-error {border-left: 5px solid #D55E00; padding-left: 10px;}
.lstm-explorer .lstm-dim {opacity: .25;}
.lstm-explorer .widget-checkbox {height: auto; min-height: 28px;}
.lstm-explorer .widget-checkbox .widget-label-basic {display: flex; white-space: normal; line-height: 1.25;
  padding: 4px 0;}
.lstm-explorer .lstm-side .jupyter-button {height: auto; min-height: 28px; white-space: normal; line-height: 1.25;}
.lstm-explorer .lstm-box input {width: 60px; padding: 0 4px; flex: none;}
.lstm-explorer .lstm-box label {padding-right: 4px; width: auto;}
.lstm-explorer .lstm-body {display: flex; flex-flow: row wrap; gap: 4px 10px; align-items: flex-start;}
.lstm-explorer .lstm-side {flex: 1 1 SIDEpx; min-width: 0; overflow: visible;}
.lstm-explorer .lstm-controls {display: flex; flex-flow: row wrap; gap: 2px 14px; overflow: visible;}
.lstm-explorer .lstm-controls > * {flex: 1 1 SIDEpx; width: auto !important; max-width: 420px; min-width: 0;}
.lstm-explorer .lstm-slider {flex-flow: row wrap; overflow: visible;}
.lstm-explorer .lstm-sheet {flex: 0 1 auto; min-width: 0; max-width: 100%; overflow-x: auto; margin: 0;}
.lstm-explorer .lstm-predict {border-left: 5px solid #0072B2; padding-left: 8px; overflow: visible;}
.lstm-explorer .lstm-predict .widget-toggle-button {height: auto; min-height: 30px; white-space: normal;
  text-align: left; line-height: 1.25; padding: 4px 8px;}
.lstm-explorer .lstm-drawing {flex-flow: column; height: auto;}
.lstm-explorer .lstm-drawing textarea {font: 14px/1.05 monospace; letter-spacing: .25em; white-space: pre;}
.lstm-explorer pre {font-size: 14px; line-height: 1.35; padding: 8px; background: #F4F4F2; color: #1A1A1A;
  white-space: pre-wrap;}
.lstm-explorer button:focus-visible, .lstm-explorer input:focus-visible,
.lstm-explorer [role=slider]:focus-visible {outline: 3px solid #D55E00 !important; outline-offset: 1px;}
@media (prefers-reduced-motion: no-preference) {
  .lstm-moved .lstm-flow {stroke-dasharray: 1 1; animation: lstm-flow .5s ease-out;}
  @keyframes lstm-flow {from {stroke-dashoffset: 1;} to {stroke-dashoffset: 0;}}
}
.lstm-explorer > .lstm-again {display: none;}
.lstm-explorer.jupyter-widgets-disconnected > .lstm-again {display: block;}
.lstm-explorer.jupyter-widgets-disconnected :is(.lstm-side, .lstm-tools) {display: none;}
""".replace("SIDE", str(SIDE))
WRAP = {"flex_flow": "row wrap", "align_items": "center"}


def named(class_, *children, **layout):
    """Widgets side by side, under a class of the style sheet."""
    return widgets.HBox(children, layout=layout).add_class(class_)


class View:
    """The widgets of an explorer and their places."""

    def __init__(self, explorer, lines):
        self.explorer, self.buttons = explorer, {}
        self.picture = widgets.HTML()
        self.readout = widgets.HTML(layout={"min_height": f"{23 * lines}px", "margin": "2px"})
        self.readout.add_class("lstm-live")
        font = han.css() if explorer.chinese else ""
        css = style(f"{font}{CSS}.lstm-stored-{explorer.model_id} {{display: none;}}")  # live: no need of the copy
        head = widgets.HTML(f'{css}<div class="lstm-title">{escape(explorer.title)}</div>')
        again = widgets.HTML(f"<b>The kernel was restarted. {AGAIN}</b>").add_class("lstm-again")
        given = [control.view for name, control in explorer.controls.items() if name != "step"]
        self.controls = widgets.VBox([named("lstm-controls", *given), *self._run()])
        panel = explorer.panel
        side = widgets.VBox([*([panel] if panel else []), self.controls]).add_class("lstm-side")
        sheet = widgets.VBox([self.picture]).add_class("lstm-sheet")
        self.tools = named("lstm-tools", *self._presets(), *self._clock(), *self._code(), **WRAP)
        self.rows = [head, again, *([panel.verdict] if panel else []), named("lstm-body", side, sheet), self.readout,
                     self.tools, self.code_text]

    # ---- what is shown -----------------------------------------------------------------------------------

    def show(self, picture, words):
        """A picture and its sentence."""
        self.picture.value = picture
        if self.picture.layout.min_width is None:
            self.picture.layout.min_width = f"{SMALLEST * svg.size(picture)[0]:.0f}px"
        self.readout.value = f'<div class="lstm-readout">{escape(words)}</div>'

    def rest(self, resting):
        """Before the guess the controls rest."""
        self.controls.layout.display = "none" if resting else None
        self.tools.layout.visibility = "hidden" if resting else None

    def complain(self, words):
        """A sentence about what went wrong; the picture is dimmed, because it is of another state."""
        self.readout.value = f'<div class="lstm-readout lstm-error">{escape(words)}</div>'
        if "lstm-dim" not in self.picture.value:
            self.picture.value = f'<div class="lstm-dim">{self.picture.value}</div>'

    def show_code(self):
        """The state as NumPy code, if it is wanted."""
        if self.explorer.code is not None:
            code = self.explorer.code(dict(self.explorer.values)) if self.code_button.value else ""
            self.code_text.value = code and f"<pre>{escape(code)}</pre>"

    # ---- the rows ----------------------------------------------------------------------------------------

    def _button(self, name, act, label=None):
        button = widgets.Button(description=label or name, layout={"width": "auto", "margin": "2px 5px 2px 0"})
        button.on_click(lambda _: self.explorer.safely(act))
        self.buttons[name] = button
        return button

    def _row(self, name, *children):
        """A group of buttons with a name before them."""
        label = widgets.HTML(f'<b class="lstm-name">{name}</b>', layout={"margin": "2px 6px 2px 2px"})
        return named("lstm-row", label, *children, margin="0 12px 0 0", **WRAP)

    def _presets(self):
        buttons = [self._button(name, lambda values=values: self.explorer.preset(values))
                   for name, values in self.explorer.presets.items()]
        reset = [] if self.explorer.clock else [self._button("Reset", self.explorer.reset)]
        return [self._row("Try", *buttons, *reset)] if buttons else reset

    def _clock(self):
        clock = self.explorer.clock
        if clock is None:
            return []
        buttons = [self._button("Back", lambda: clock.step(-1), "◀ Back"),
                   self._button("Step", lambda: clock.step(+1), "Step ▶"), self._button("Play", clock.play),
                   self._button("Reset", self.explorer.reset)]
        return [self._row("Time", *buttons, self.explorer.controls["step"].view)]

    def _run(self):
        runner = self.explorer.runner
        return [self._button("Run", runner.toggle, runner.label), runner.progress, runner.words] if runner else []

    def _code(self):
        self.code_text = widgets.HTML()
        if self.explorer.code is None:
            return []
        self.code_button = widgets.ToggleButton(description="Show this state as NumPy code",
                                                tooltip="the code appears below", layout={"width": "auto"})
        self.code_button.observe(lambda _: self.explorer.safely(self.show_code), "value")
        return [self.code_button]


def settings_sheet(picture, words):
    """A sheet as large as the picture that shows the settings, but not what comes of them."""
    width, height = svg.size(picture)
    top = height / 2 - 14 * len(words)
    lines = [svg.text(width / 2, top + 28 * k, line, NORMAL) for k, line in enumerate(words)]
    mark = svg.text(width / 2, height - 30, "?", 2 * LARGE, weight="bold")
    return svg.picture(int(width), int(height), *lines, mark)
