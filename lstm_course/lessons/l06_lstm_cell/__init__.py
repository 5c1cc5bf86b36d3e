"""Lesson 06, Inside the LSTM cell: its text, exercises, quiz, explorers and teacher's page."""
