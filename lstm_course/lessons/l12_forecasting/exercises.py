"""The exercises of lesson 12; each has a file of its own, with its wrong answers beside it."""

from lstm_course.lessons.l12_forecasting.exercise_board import next_month
from lstm_course.lessons.l12_forecasting.exercise_layers import article_parameters, two_layer_step
from lstm_course.lessons.l12_forecasting.exercise_prepare import prepare
from lstm_course.lessons.l12_forecasting.exercise_scaling import scale_on_train
from lstm_course.lessons.l12_forecasting.exercise_windows import make_windows

__all__ = ["article_parameters", "make_windows", "next_month", "prepare", "scale_on_train", "two_layer_step"]
