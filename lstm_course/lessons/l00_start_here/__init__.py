"""Lesson 00, Start here: its text, exercises, quiz, explorers and teacher's page."""
