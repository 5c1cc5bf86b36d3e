"""Lesson 01, A network with a memory: its text, exercises, quiz, explorers and teacher's page."""
