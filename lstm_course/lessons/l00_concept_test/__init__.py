"""The page with the concept test before the course."""
