"""What an editor's user waits for, measured: the server, a generation, a cancel, a crash; and a soak."""
