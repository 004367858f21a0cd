"""From records to batches: which record next, which objective makes an example of it, which examples go
together.
"""
