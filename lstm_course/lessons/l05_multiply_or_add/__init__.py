"""Lesson 05, Multiply or add?: its text, exercises, quiz, explorers and teacher's page."""
