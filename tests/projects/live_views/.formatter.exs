[import_deps: [:phoenix, :phoenix_live_view], inputs: ["{config,lib,test}/**/*.{ex,exs}"]]
