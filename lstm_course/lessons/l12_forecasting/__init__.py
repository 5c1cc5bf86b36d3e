"""Lesson 12, Forecasting airline passengers: its text, exercises, quiz, explorers and teacher's page."""
