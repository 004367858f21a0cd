"""The study of switching: does a module with all its mutants compiled in, none active, behave as it did?"""
