-- Drives Neovim for the tests: sets the plugin up, does what a person would, and writes what happened as JSON.
local plugin, server, source, outcome, what = unpack(vim.split(vim.env.TESTGEN_DRIVE, "|", { plain = true }))
vim.opt.runtimepath:prepend(plugin)
vim.cmd("runtime plugin/testgen.lua")
local said = {}
vim.notify = function(text)
  table.insert(said, text)
end
local testgen = require("testgen")
testgen.setup({ cmd = { server, "--stdio" }, trusted = what ~= "untrusted" })

local function wait(milliseconds, condition)
  return vim.wait(milliseconds, condition, 50)
end

local function finish(result)
  result.said = said
  vim.fn.writefile({ vim.fn.json_encode(result) }, outcome)
  vim.cmd("qall!")
end

local function has_said(text)
  return function()
    for _, each in ipairs(said) do
      if each:find(text, 1, true) then
        return true
      end
    end
    return false
  end
end

vim.cmd("edit " .. source)
vim.bo.filetype = "elixir"
local result = { attached = wait(20000, testgen.is_attached) }
vim.wait(1500)

local steps = {}

function steps.module()
  vim.cmd("TestgenGenerate!")
  result.done = wait(90000, has_said("tests; :wall"))
  vim.cmd("silent wall")
end

function steps.func()
  vim.fn.search("def subtotal")
  vim.cmd("TestgenGenerate")
  result.done = wait(90000, has_said("tests; :wall"))
  vim.cmd("silent wall")
end

function steps.dirty()
  local test = source:gsub("/lib/", "/test/"):gsub("%.ex$", "_test.exs")
  vim.cmd("edit " .. test)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, {
    "defmodule Shop.CartTest do", "  use ExUnit.Case", "  # unsaved 🛒", "end",
  })
  local buffer = vim.api.nvim_get_current_buf()
  vim.cmd("buffer " .. vim.fn.bufnr(source))
  vim.wait(500)
  vim.cmd("TestgenGenerate!")
  result.done = wait(90000, has_said("tests; :wall"))
  result.lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
end

function steps.cancel()
  vim.cmd("TestgenGenerate!")
  vim.wait(700)
  vim.cmd("TestgenCancel")
  result.done = wait(20000, has_said("cancelled"))
end

function steps.status()
  vim.cmd("TestgenStatus")
  result.done = wait(20000, has_said("idle"))
  vim.cmd("TestgenModel")
  result.models = wait(30000, has_said("models"))
  vim.cmd("checkhealth testgen")
  result.health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

function steps.untrusted()
  vim.cmd("TestgenGenerate!")
  result.done = wait(20000, has_said("not trusted"))
end

function steps.survivors()
  vim.cmd("TestgenScore")
  result.done = wait(90000, has_said("survive"))
  result.hints = #vim.diagnostic.get(0)
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# edited" })
  result.cleared = wait(5000, function()
    return #vim.diagnostic.get(0) == 0
  end)
end

function steps.killed()
  for _ = 1, 3 do
    local get = vim.lsp.get_clients or vim.lsp.get_active_clients
    for _, client in ipairs(get()) do
      client.stop(true)
    end
    wait(5000, function()
      return not testgen.is_attached()
    end)
    testgen.attach()
    result.done = wait(10000, testgen.is_attached)
  end
  vim.wait(1500)
  vim.cmd("TestgenStatus")
  result.done = result.done and wait(20000, has_said("idle"))
end

local ok, problem = pcall(steps[what])
result.error = not ok and tostring(problem) or nil
finish(result)
