# Shows: a file of the project that defines no module.
