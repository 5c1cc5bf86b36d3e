"""The parts of the load test: a hub of its own, students, and what is measured."""
