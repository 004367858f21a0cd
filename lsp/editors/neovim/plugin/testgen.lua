-- Commands of testgen, there as soon as the plugin is on the runtime path; nothing runs until one is used.
if vim.g.loaded_testgen then
  return
end
vim.g.loaded_testgen = true

local function call(name)
  return function(options)
    require("testgen")[name](options)
  end
end

local kinds = { "exunit", "streamdata", "liveview" }

vim.api.nvim_create_user_command("TestgenGenerate", call("generate"), {
  nargs = "?",
  range = true,
  bang = true,
  complete = function()
    return kinds
  end,
  desc = "Write tests for the function at the cursor; with !, for the module",
})
vim.api.nvim_create_user_command("TestgenScore", call("score"), { desc = "Measure the module's tests with mutants" })
vim.api.nvim_create_user_command("TestgenCancel", call("cancel"), { desc = "Cancel what testgen does" })
vim.api.nvim_create_user_command("TestgenStatus", call("status"), { desc = "Say what testgen does" })
vim.api.nvim_create_user_command("TestgenModel", call("model"), { nargs = "*", desc = "Choose a model: ID [ADAPTER], or none" })
vim.api.nvim_create_user_command("TestgenTests", call("tests"), { desc = "Go to the tests, or back to the module" })
