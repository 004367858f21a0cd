-- `:checkhealth testgen`: whether the language server is found, runs, and has what it needs.
local M = {}

local health = vim.health or {}
local start = health.start or require("health").report_start
local ok = health.ok or require("health").report_ok
local warn = health.warn or require("health").report_warn
local error_ = health.error or require("health").report_error

function M.check()
  start("testgen")
  local command = require("testgen").config.cmd[1]
  if vim.fn.executable(command) == 1 then
    ok(command .. " is " .. vim.fn.exepath(command))
    ok(vim.trim(vim.fn.system({ command, "--version" })))
  else
    error_(command .. " is not found: install testgen, or name it by require('testgen').setup({ cmd = { … } })")
  end
  for _, program in ipairs({ "elixir", "mix", "bwrap" }) do
    if vim.fn.executable(program) == 1 then
      ok(program .. " is found")
    else
      warn(program .. " is not found; testgen doctor says how to get it")
    end
  end
end

return M
