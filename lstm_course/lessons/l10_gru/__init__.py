"""Lesson 10, The GRU: its text, exercises, quiz, explorers and teacher's page."""
