"""Measurements of gradients: are they right (`check_gradients`), and how far do they reach (`gradient_flow`), and by
which ways (`gradient_ways`)?"""

from lstm_course.gradients.check import check_gradients
from lstm_course.gradients.flow import gradient_flow, gradient_ways

__all__ = ["check_gradients", "gradient_flow", "gradient_ways"]
