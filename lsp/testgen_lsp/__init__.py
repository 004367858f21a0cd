"""The language server: tests where the code is written, for every editor that speaks LSP."""
