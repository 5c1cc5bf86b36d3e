"""Lesson 02, The network that learns to carry: its text, exercises, quiz, explorers and teacher's page."""
