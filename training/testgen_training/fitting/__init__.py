"""Fitting a model to examples: optimizer, schedule, validation, checkpoints, and the loop that uses them."""
