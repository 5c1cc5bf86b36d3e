"""Lesson 13, Rows, layers, directions: its text, exercises, quiz, explorers and teacher's page."""
