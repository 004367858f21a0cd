import Config

config :checkout, fee: 150
