"""Lesson 08, Learned or memorised?: its text, exercises, quiz, explorers and teacher's page."""
