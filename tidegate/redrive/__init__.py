"""Putting dead letters right and sending them again: recipes, frozen plans, dry runs."""
