"""Lesson 14, words: all its exercises, declared in three files."""

from lstm_course.lessons.l14_words.counting import bigram_perplexity, shuffled_pairs, word_lengths
from lstm_course.lessons.l14_words.softmax_exercises import cross_entropy, sample
from lstm_course.lessons.l14_words.vector_exercises import attend, cbow_step

__all__ = ["attend", "bigram_perplexity", "cbow_step", "cross_entropy", "sample", "shuffled_pairs", "word_lengths"]
