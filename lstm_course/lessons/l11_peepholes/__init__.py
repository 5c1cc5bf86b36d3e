"""Lesson 11, Peepholes and the LSTM family: its text, exercises, quiz, explorers and teacher's page."""
