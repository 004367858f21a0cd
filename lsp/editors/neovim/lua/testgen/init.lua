-- testgen for Neovim 0.7 and newer: starts the language server for Elixir files and sends it commands.
local M = {}

local defaults = {
  cmd = { "testgen-lsp", "--stdio" },
  -- Asking for tests runs the project's code: whoever sets this plugin up for a project trusts it.
  trusted = true,
  settings = {},
}
M.config = vim.deepcopy(defaults)

local function is_running(client)
  if vim.fn.has("nvim-0.11") == 1 then
    return not client:is_stopped()
  end
  return not client.is_stopped()
end

local function clients(buffer)
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  local found = {}
  for _, client in ipairs(get()) do
    if client.name == "testgen" and is_running(client) and (not buffer or vim.lsp.buf_is_attached(buffer, client.id)) then
      table.insert(found, client)
    end
  end
  return found
end

local function root_of(buffer)
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":p:h")
  local found
  while folder ~= "/" and folder ~= "" do
    if vim.fn.filereadable(folder .. "/mix.exs") == 1 then
      found = folder -- the outermost: an umbrella's, where there is one
    end
    folder = vim.fn.fnamemodify(folder, ":h")
  end
  return found or vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":p:h")
end

--- Starts the server for a buffer, or attaches it to the one that runs for its project.
function M.attach(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local root = root_of(buffer)
  for _, client in ipairs(clients()) do
    if client.config.root_dir == root then
      vim.lsp.buf_attach_client(buffer, client.id)
      return client.id
    end
  end
  local options = vim.tbl_extend("force", { trusted = M.config.trusted, preview = false }, M.config.settings)
  local id = vim.lsp.start_client({
    name = "testgen",
    cmd = M.config.cmd,
    cmd_env = M.config.cmd_env,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    init_options = options,
    capabilities = vim.lsp.protocol.make_client_capabilities(),
  })
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
  return id
end

--- Sets the plugin up: `cmd`, `trusted`, `settings` (those of the language server), `cmd_env`.
function M.setup(options)
  M.config = vim.tbl_deep_extend("force", vim.deepcopy(defaults), options or {})
  local group = vim.api.nvim_create_augroup("testgen", { clear = true })
  vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
    group = group,
    pattern = { "*.ex", "*.exs" },
    callback = function(event)
      M.attach(event.buf)
    end,
  })
end

local function request(command, argument, on_result)
  local client = clients(vim.api.nvim_get_current_buf())[1]
  if not client then
    vim.notify("testgen: no language server runs for this buffer; see :checkhealth testgen", vim.log.levels.WARN)
    return
  end
  local params = { command = command, arguments = argument and { argument } or {} }
  local function handler(error, result)
    if error then
      vim.notify("testgen: " .. (error.message or vim.inspect(error)), vim.log.levels.ERROR)
    elseif on_result then
      on_result(result or {})
    end
  end
  if vim.fn.has("nvim-0.11") == 1 then
    client:request("workspace/executeCommand", params, handler)
  else
    client.request("workspace/executeCommand", params, handler)
  end
end

local function function_at_cursor(kind, on_command)
  local params = vim.lsp.util.make_range_params(0, "utf-16")
  params.context = { diagnostics = {}, only = { "refactor.rewrite.generateTests." .. kind }, triggerKind = 1 }
  vim.lsp.buf_request_all(0, "textDocument/codeAction", params, function(answers)
    for _, answer in pairs(answers) do
      local result = answer.result or (answer.err == nil and answer.result) or {}
      for _, action in ipairs(result or {}) do
        if action.command and action.command.command == "testgen.generate" then
          on_command(action.command.arguments[1])
          return
        end
      end
    end
    vim.notify("testgen: nothing here can be tested that way", vim.log.levels.WARN)
  end)
end

local function tell(result)
  if result.error or result.state == "cancelled" then
    vim.notify("testgen: " .. (result.error or "cancelled"))
  elseif result.applied then
    vim.notify(("testgen: %d tests; :wall writes them"):format(result.tests))
  end
end

--- `:TestgenGenerate [kind]`: for the function at the cursor; with a bang, for the module.
function M.generate(options)
  local kind = options and options.args ~= "" and options.args or "exunit"
  if options and options.bang then
    request("testgen.generate", { uri = vim.uri_from_bufnr(0), kind = kind }, tell)
  else
    function_at_cursor(kind, function(argument)
      request("testgen.generate", argument, tell)
    end)
  end
end

function M.score()
  request("testgen.score", { uri = vim.uri_from_bufnr(0) }, function(result)
    if result.score then
      vim.notify(("testgen: score %.1f %%, %d mutants survive"):format(result.score, result.survivors))
    end
  end)
end

function M.cancel()
  request("testgen.cancel", nil, function(result)
    vim.notify(("testgen: %d cancelled"):format(result.cancelled or 0))
  end)
end

function M.status()
  request("testgen.status", nil, function(result)
    local daemon = type(result.daemon) == "table" and result.daemon or nil
    local model = daemon and type(daemon.model.chosen) == "string" and daemon.model.chosen or "none"
    local busy = #result.busy > 0 and table.concat(result.busy, ", ") or "idle"
    local state = daemon and "daemon runs" or "no daemon yet"
    vim.notify(("testgen %s: %s; model %s; %s%s"):format(
      result.version, busy, model, state, result.lastError ~= "" and "\nlast error: " .. result.lastError or ""))
  end)
end

function M.model(options)
  local words = options and options.fargs or {}
  if #words == 0 then
    request("testgen.models", nil, function(result)
      local names = vim.tbl_map(function(each) return each.id end, result.models or {})
      vim.notify("testgen: models " .. (#names > 0 and table.concat(names, ", ") or "none") .. "; in use: " ..
        (type(result.chosen) == "string" and result.chosen or "none"))
    end)
  else
    local model = words[1] ~= "none" and words[1] or vim.NIL
    request("testgen.chooseModel", { model = model, adapter = words[2] or vim.NIL }, function(result)
      vim.notify("testgen: " .. (result.error or ("model " .. tostring(result.chosen) .. ", " .. tostring(result.state))))
    end)
  end
end

function M.tests()
  request("testgen.goToTest", { uri = vim.uri_from_bufnr(0) }, function(result)
    if result.uri then
      vim.cmd("edit " .. vim.fn.fnameescape(vim.uri_to_fname(result.uri)))
      vim.api.nvim_win_set_cursor(0, { result.line + 1, 0 })
    end
  end)
end

--- Whether a server is attached to the current buffer, for scripts.
function M.is_attached()
  return #clients(vim.api.nvim_get_current_buf()) > 0
end

return M
