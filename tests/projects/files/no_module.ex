# Shows: a script without a module.
answer = 6 * 7
_ = answer
