[import_deps: [:weights], inputs: ["{mix,.formatter}.exs", "{lib,test}/**/*.{ex,exs}"]]
