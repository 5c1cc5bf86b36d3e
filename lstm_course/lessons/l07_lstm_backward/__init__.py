"""Lesson 07, The LSTM backwards: its text, exercises, quiz, explorers and teacher's page."""
