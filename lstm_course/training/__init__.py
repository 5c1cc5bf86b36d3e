"""Training: models of layers, losses, optimizers, the training loop, sampling."""

from lstm_course.training.loop import Batch, History, fit
from lstm_course.training.model import Last, Model

__all__ = ["Batch", "History", "Last", "Model", "fit"]
