"""Generation on modules of public repositories that it was not tuned on: which, and what came out."""
