"""The networks in NumPy: cells, layers, losses, optimizers, training. Knows nothing of Jupyter or lessons."""

from lstm_course.networks.dense import Embedding, Linear
from lstm_course.networks.gru import GRU
from lstm_course.networks.lstm import LSTM
from lstm_course.networks.rnn import RNN
from lstm_course.networks.wrappers import Bidirectional, Stacked

__all__ = ["RNN", "LSTM", "GRU", "Stacked", "Bidirectional", "Linear", "Embedding"]
