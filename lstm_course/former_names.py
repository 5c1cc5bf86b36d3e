"""The modules' names of the first edition, which a student's older copy of a notebook still imports.

`import lstm_course` puts a finder behind Python's own: it is asked only for a module that no longer exists.
"""

import importlib
import importlib.abc
import importlib.util
import sys

PACKAGE = "lstm_course."
FORMER = {
    "copying": "students.copy_course",
    "environment": "students.environment",
    "exercises.catalogue": "checking.catalogue",
    "exercises.catching_up": "checking.catch_up",
    "exercises.comparing": "checking.compare",
    "exercises.concept_panels": "asking.concept_panels",
    "exercises.concept_store": "asking.concept_store",
    "exercises.concept_test": "asking.concept_test",
    "exercises.declaring": "checking.declare",
    "exercises.hinting": "students.error_hints",
    "exercises.lesson_00": "lessons.l00_start_here.exercises",
    "exercises.lesson_01": "lessons.l01_rnn.exercises",
    "exercises.lesson_02": "lessons.l02_binary_addition.exercises",
    "exercises.lesson_03": "lessons.l03_bptt.exercises",
    "exercises.lesson_04": "lessons.l04_vanishing_gradients.exercises",
    "exercises.lesson_05": "lessons.l05_multiply_or_add.exercises",
    "exercises.lesson_06": "lessons.l06_lstm_cell.exercises",
    "exercises.lesson_07": "lessons.l07_lstm_backward.exercises",
    "exercises.lesson_08": "lessons.l08_learned_or_memorised.exercises",
    "exercises.lesson_09": "lessons.l09_gradient_flow.exercises",
    "exercises.lesson_10": "lessons.l10_gru.exercises",
    "exercises.lesson_11": "lessons.l11_peepholes.exercises",
    "exercises.lesson_12": "lessons.l12_forecasting.exercises",
    "exercises.lesson_13": "lessons.l13_rows_layers_directions.exercises",
    "exercises.lesson_14": "lessons.l14_words.exercises",
    "exercises.lesson_A": "lessons.lA_convolution.exercises",
    "exercises.lesson_B": "lessons.lB_bug_museum.exercises",
    "exercises.ordering": "checking.ordering",
    "exercises.panels": "asking.panels",
    "exercises.predictions": "asking.predictions",
    "exercises.quizzes": "asking.quizzes",
    "exercises.remembering": "students.progress",
    "exercises.results": "checking.results",
    "exercises.running": "checking.run",
    "exercises.starting": "students.starting_cells",
    "experiments._language": "experiments.shared.language",
    "experiments._races": "experiments.shared.races",
    "experiments._variants": "experiments.shared.variants",
    "explorers.ablation_bench": "lessons.l11_peepholes.ablation_bench",
    "explorers.accessible": "widgets.accessible",
    "explorers.adder_desk": "lessons.l02_binary_addition.adder_desk",
    "explorers.backward_cell": "lessons.l07_lstm_backward.backward_cell",
    "explorers.backward_debugger": "lessons.l07_lstm_backward.backward_debugger",
    "explorers.backward_figures": "lessons.l07_lstm_backward.backward_figures",
    "explorers.backward_lines": "lessons.l07_lstm_backward.backward_lines",
    "explorers.blind_cell": "lessons.l11_peepholes.blind_cell",
    "explorers.bptt_stepper": "lessons.l03_bptt.bptt_stepper",
    "explorers.clip_lab": "lessons.l04_vanishing_gradients.clip_lab",
    "explorers.controls": "widgets.controls",
    "explorers.environment": "students.check_page",
    "explorers.figures": "widgets.figures",
    "explorers.first_widget": "lessons.l00_start_here.first_widget",
    "explorers.forecast_court": "lessons.l12_forecasting.forecast_court",
    "explorers.gate_key": "lessons.l00_start_here.gate_key",
    "explorers.gate_stepper": "lessons.l06_lstm_cell.gate_stepper",
    "explorers.gate_viewer": "lessons.l14_words.gate_viewer",
    "explorers.gradient_flow": "lessons.l09_gradient_flow.gradient_river",
    "explorers.gru_dial": "lessons.l10_gru.gru_dial",
    "explorers.gru_figure": "lessons.l10_gru.gru_figure",
    "explorers.jacobian_product": "lessons.l04_vanishing_gradients.jacobian_product",
    "explorers.latch": "lessons.l04_vanishing_gradients.latch",
    "explorers.leak_detector": "lessons.l08_learned_or_memorised.leak_detector",
    "explorers.lenet_trainer": "lessons.lA_convolution.lenet_trainer",
    "explorers.live_run": "widgets.live_run",
    "explorers.lstm_cell": "lessons.l06_lstm_cell.lstm_cell",
    "explorers.memory_workshop": "lessons.l05_multiply_or_add.memory_workshop",
    "explorers.mnist_trainer": "lessons.l13_rows_layers_directions.mnist_trainer",
    "explorers.next_word": "lessons.l14_words.next_word",
    "explorers.peephole_figure": "lessons.l11_peepholes.peephole_figure",
    "explorers.predict": "widgets.guess",
    "explorers.race": "lessons.l09_gradient_flow.race",
    "explorers.receptive_field": "lessons.lA_convolution.receptive_field",
    "explorers.rnn_stepper": "lessons.l01_rnn.rnn_stepper",
    "explorers.seq2seq": "lessons.l14_words.seq2seq",
    "explorers.shape_bench": "lessons.l13_rows_layers_directions.shape_bench",
    "explorers.shell": "widgets.shell",
    "explorers.style": "widgets.style",
    "explorers.svg": "widgets.svg",
    "explorers.three_uses": "lessons.l03_bptt.three_uses",
    "explorers.ticker": "widgets.ticker",
    "explorers.unrolled": "lessons.l01_rnn.unrolled",
    "explorers.writer": "lessons.l14_words.writer",
    "experiments.forecast_court": "experiments.airline_networks",
    "networks.losses": "training.losses",
    "networks.optimizers": "training.optimizers",
    "networks.recurrent": "networks.layer",
    "networks.sampling": "training.sampling",
    "networks.training": "training",
    "tasks.latch": "tasks.latch_problem",
    "training.model": "networks.model",
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module under its former name, and gives the module itself, not a copy."""

    def find_spec(self, fullname, path=None, target=None):
        known = fullname.startswith(PACKAGE) and fullname.removeprefix(PACKAGE) in FORMER
        return importlib.util.spec_from_loader(fullname, self) if known else None

    def exec_module(self, module):
        former = module.__spec__.name
        sys.modules[former] = importlib.import_module(PACKAGE + FORMER[former.removeprefix(PACKAGE)])


def find_former_names():
    """Let modules be imported by their former names, too."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
