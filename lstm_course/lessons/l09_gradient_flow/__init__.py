"""Lesson 09, The carousel, honestly: its text, exercises, quiz, explorers and teacher's page."""
