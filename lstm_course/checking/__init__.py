"""The engine of the exercise checks: declare, run, compare, and say what is wrong."""
