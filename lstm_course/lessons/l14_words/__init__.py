"""Lesson 14, Words: its text, exercises, quiz, explorers and teacher's page."""
