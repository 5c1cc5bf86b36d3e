"""Lesson 03, Backpropagation through time: its text, exercises, quiz, explorers and teacher's page."""
