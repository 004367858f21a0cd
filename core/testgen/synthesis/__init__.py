"""Writes tests: proposes calls, observes them, scores them on mutants, selects and renders the few that are
worth it.
"""
