[
  inputs: ["{mix,.formatter}.exs", "lib/**/*.ex"],
  export: [locals_without_parens: [weighs: 2]]
]
