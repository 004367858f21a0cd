-- For vim.lsp.config of Neovim 0.11 and newer: vim.lsp.enable("testgen") is all that it takes.
return {
  cmd = { "testgen-lsp", "--stdio" },
  filetypes = { "elixir" },
  root_markers = { "mix.exs" },
  init_options = { trusted = true, preview = false },
}
