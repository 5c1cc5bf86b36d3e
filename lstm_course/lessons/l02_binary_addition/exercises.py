"""Lesson 02, the network that learns to carry: its exercises, in the order of the lesson."""

from lstm_course.lessons.l02_binary_addition.descent import descend
from lstm_course.lessons.l02_binary_addition.judging import decode, sum_accuracy
from lstm_course.lessons.l02_binary_addition.schoolbook import carries, msb_first_accuracy

__all__ = ["carries", "decode", "descend", "msb_first_accuracy", "sum_accuracy"]
