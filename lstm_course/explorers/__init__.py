"""The explorers: pictures that answer when a student moves something. Needs ipywidgets and matplotlib."""

from .ablation_bench import ablation_bench
from .adder_desk import adder_desk
from .backward_debugger import backward_debugger
from .backward_figures import backward_cell_figure, two_roads_figure
from .blind_cell import blind_cell
from .bptt_stepper import bptt_stepper
from .clip_lab import clip_lab
from .controls import Checkbox, Choice, Slider, Text
from .environment import check_browser, check_environment
from .figures import show, show_svg
from .first_widget import first_widget
from .forecast_court import forecast_court
from .gate_key import gate_key
from .gate_stepper import gate_stepper
from .gate_viewer import gate_viewer, text_strip_figure
from .gradient_flow import gradient_flow_explorer
from .gru_dial import gru_dial
from .gru_figure import gru_beside_lstm
from .jacobian_product import jacobian_explorer
from .latch import latch
from .leak_detector import leak_detector
from .lenet_trainer import lenet_trainer
from .lstm_cell import lstm_cell_figure
from .memory_workshop import memory_workshop
from .mnist_trainer import mnist_trainer
from .next_word import next_word
from .peephole_figure import peephole_figure
from .predict import Predict
from .race import race
from .receptive_field import receptive_field
from .rnn_stepper import rnn_stepper
from .seq2seq import seq2seq_figure
from .shape_bench import shape_bench
from .shell import Explorer
from .three_uses import three_uses_figure
from .unrolled import unrolled_figure
from .writer import writer

__all__ = ["Checkbox", "Choice", "Explorer", "Predict", "Slider", "Text", "ablation_bench", "adder_desk",
           "backward_cell_figure", "backward_debugger", "blind_cell", "bptt_stepper", "check_browser",
           "check_environment", "clip_lab", "first_widget", "forecast_court", "gate_key", "gate_stepper",
           "gate_viewer", "gradient_flow_explorer", "gru_beside_lstm", "gru_dial", "jacobian_explorer",
           "latch", "leak_detector", "lenet_trainer", "lstm_cell_figure", "memory_workshop", "mnist_trainer",
           "next_word", "peephole_figure", "race", "receptive_field", "rnn_stepper", "seq2seq_figure",
           "shape_bench", "show", "show_svg", "text_strip_figure", "three_uses_figure", "two_roads_figure",
           "unrolled_figure", "writer"]
