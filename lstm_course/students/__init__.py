"""What helps a student: the environment check, copying, resetting, progress, hints for errors."""
