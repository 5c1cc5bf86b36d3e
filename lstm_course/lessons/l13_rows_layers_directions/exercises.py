"""The exercises of lesson 13; their wrong answers stand beside them."""

from lstm_course.lessons.l13_rows_layers_directions.exercise_ends import bi_last, last_valid
from lstm_course.lessons.l13_rows_layers_directions.exercise_leak import leak
from lstm_course.lessons.l13_rows_layers_directions.exercise_mask import masked_loss

__all__ = ["bi_last", "last_valid", "leak", "masked_loss"]
