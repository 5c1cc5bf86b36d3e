"""Training: models of layers, losses, optimizers, the training loop, sampling."""

from lstm_course.networks.model import Last, Model
from lstm_course.training.batches import Batch
from lstm_course.training.loop import History, Step, fit, steps

__all__ = ["Batch", "History", "Last", "Model", "Step", "fit", "steps"]
