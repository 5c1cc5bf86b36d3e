"""Lesson B, The bug museum: its text, exercises, quiz, explorers and teacher's page."""
