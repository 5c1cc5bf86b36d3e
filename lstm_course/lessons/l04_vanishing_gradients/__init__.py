"""Lesson 04, Why the past fades: its text, exercises, quiz, explorers and teacher's page."""
