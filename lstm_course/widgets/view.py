"""What an explorer looks like: its rows, the picture, the sentence below it, the code."""

from html import escape

import ipywidgets as widgets

from lstm_course.widgets import svg
from lstm_course.widgets.accessible import style
from lstm_course.widgets.style import LARGE, NORMAL

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


class View:
    """The widgets of an explorer and their places."""

    def __init__(self, explorer, lines):
        self.explorer, self.buttons = explorer, {}
        self.picture = widgets.HTML(layout={"margin": "4px 0"})
        self.readout = widgets.HTML(layout={"min_height": f"{24 * lines}px", "margin": "2px"})
        self.readout.add_class("lstm-live")
        head = widgets.HTML(f'{CSS}<div class="lstm-title">{escape(explorer.title)}</div>')
        given = [control.view for name, control in explorer.controls.items() if name != "step"]
        rows = [head, explorer.panel, widgets.HBox(given, layout=ROW), self._presets(), self._clock(), self._run(),
                self.picture, self.readout, self._code()]
        self.rows = [row for row in rows if row is not None]

    # ---- what is shown -----------------------------------------------------------------------------------

    def show(self, picture, words):
        """A picture and its sentence."""
        self.picture.value = picture
        self.readout.value = f'<div class="lstm-readout">{escape(words)}</div>'

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
        button = widgets.Button(description=label or name, layout={"width": "auto", "margin": "2px 6px 2px 0"})
        button.on_click(lambda _: self.explorer.safely(act))
        self.buttons[name] = button
        return button

    def _presets(self):
        buttons = [self._button(name, lambda values=values: self.explorer.preset(values))
                   for name, values in self.explorer.presets.items()]
        label = [widgets.HTML('<b class="lstm-name">Try</b>', layout={"margin": "2px 8px 2px 2px"})] if buttons else []
        reset = [] if self.explorer.clock else [self._button("Reset", self.explorer.reset)]
        row = widgets.HBox([*label, *buttons, *reset], layout={"flex_flow": "row wrap"})
        return row.add_class("lstm-row") if buttons else row

    def _clock(self):
        clock = self.explorer.clock
        if clock is None:
            return None
        buttons = [self._button("Back", lambda: clock.step(-1), "◀ Back"),
                   self._button("Step", lambda: clock.step(+1), "Step ▶"), self._button("Play", clock.play),
                   self._button("Reset", self.explorer.reset)]
        return widgets.HBox([*buttons, self.explorer.controls["step"].view],
                            layout={"flex_flow": "row wrap", "align_items": "center"})

    def _run(self):
        runner = self.explorer.runner
        return runner and widgets.HBox([self._button("Run", runner.toggle, runner.label), runner.progress])

    def _code(self):
        if self.explorer.code is None:
            return None
        self.code_button = widgets.ToggleButton(description="Show this state as NumPy code",
                                                tooltip="the code appears below", layout={"width": "auto"})
        self.code_text = widgets.HTML()
        self.code_button.observe(lambda _: self.explorer.safely(self.show_code), "value")
        return widgets.VBox([widgets.HBox([self.code_button]), self.code_text])


def settings_sheet(picture, words):
    """A sheet as large as the picture that shows the settings, but not what comes of them."""
    width, height = svg.size(picture)
    top = height / 2 - 14 * len(words)
    lines = [svg.text(width / 2, top + 28 * k, line, NORMAL) for k, line in enumerate(words)]
    mark = svg.text(width / 2, height - 30, "?", 2 * LARGE, weight="bold")
    return svg.picture(int(width), int(height), *lines, mark)
