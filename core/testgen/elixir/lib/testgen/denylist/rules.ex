defmodule Testgen.Denylist.Rules do
  @moduledoc """
  Which functions a generated test may not call, and why.

  A module is refused whole, refused but for some functions, or allowed but for some. Modules that are not
  here are allowed: they are the project's, a dependency's, or harmless.
  """

  @shell "starts programs outside the VM"
  @halt "stops the VM"
  @code "loads, compiles or evaluates code"
  @node "speaks to other nodes"
  @network "opens network connections"
  @files "reaches files outside the test's own folder"
  @vm "changes or inspects the VM itself"
  @others "reaches into processes or tables that are not the test's"
  @secrets "reads the environment of the user"
  @unsafe_term "can make functions out of bytes"
  @atoms "makes atoms at run time, which are never freed"
  @harness "reaches into the test runner"
  @terms "keeps a term for the whole VM"

  @whole %{
    :os => @shell,
    :init => @halt,
    :heart => @halt,
    :code => @code,
    :compile => @code,
    :erl_eval => @code,
    :erl_prim_loader => @code,
    :erl_boot_server => @code,
    :beam_lib => @code,
    :cover => @code,
    :escript => @code,
    :c => @code,
    :shell => @code,
    :erl_ddll => @code,
    :prim_file => @files,
    :file => @files,
    :file_server => @files,
    :filelib => @files,
    :disk_log => @files,
    :dets => @files,
    :mnesia => @files,
    :erl_tar => @files,
    :zip => @files,
    :wrap_log_reader => @files,
    :rpc => @node,
    :erpc => @node,
    :net_kernel => @node,
    :net_adm => @node,
    :net => @node,
    :global => @node,
    :global_group => @node,
    :slave => @node,
    :peer => @node,
    :pool => @node,
    :auth => @node,
    :gen_tcp => @network,
    :gen_udp => @network,
    :gen_sctp => @network,
    :socket => @network,
    :prim_socket => @network,
    :inet => @network,
    :inet_res => @network,
    :prim_inet => @network,
    :ssl => @network,
    :ssh => @network,
    :ssh_sftp => @network,
    :httpc => @network,
    :httpd => @network,
    :inets => @network,
    :ftp => @network,
    :tftp => @network,
    :dbg => @vm,
    :ttb => @vm,
    :seq_trace => @vm,
    :erts_debug => @vm,
    :erts_internal => @vm,
    :etop => @vm,
    :observer => @vm,
    :eprof => @vm,
    :fprof => @vm,
    :cprof => @vm,
    :instrument => @vm,
    :msacc => @vm,
    :system_flag => @vm,
    :application_controller => @vm,
    :release_handler => @vm,
    :systools => @vm,
    :persistent_term => @terms,
    :group => @others,
    :user => @others,
    :user_drv => @others,
    :proc_lib => @others,
    :sys => @others,
    :logger => @vm,
    :logger_config => @vm,
    Port => @shell,
    Node => @node,
    Code => @code,
    Code.Typespec => @code,
    Code.Fragment => @code,
    Code.Identifier => @code,
    Module => @code,
    Module.ParallelChecker => @code,
    ParallelCompiler => @code,
    Kernel.ParallelCompiler => @code,
    EEx => @code,
    EEx.Engine => @code,
    IEx => @code,
    IEx.Helpers => @code,
    IEx.Pry => @code,
    Mix => @code,
    Config.Reader => @code,
    ExUnit => @harness,
    ExUnit.Server => @harness,
    ExUnit.Runner => @harness,
    ExUnit.RunnerStats => @harness,
    ExUnit.EventManager => @harness,
    ExUnit.OnExitHandler => @harness,
    ExUnit.CaptureServer => @harness,
    ExUnit.Filters => @harness,
    ExUnit.FailuresManifest => @harness,
    ExUnit.Formatter => @harness,
    ExUnit.CLIFormatter => @harness
  }

  # Allowed among a module that is refused otherwise.
  @spared %{
    Code => [:ensure_loaded?, :ensure_loaded, :ensure_loaded!, :ensure_compiled],
    Module => [:split, :__info__],
    :os => [:system_time, :timestamp, :type, :perf_counter],
    :inet => [:parse_address, :parse_ipv4_address, :parse_ipv6_address, :ntoa],
    :sys => [:get_state, :get_status],
    Node => [:self],
    Mix => [:env]
  }

  # Refused in a module that is allowed otherwise.
  @single %{
    System => {~w(cmd shell)a, @shell},
    Kernel => {~w(apply)a, "calls what only the run decides"},
    Function => {~w(capture)a, "calls what only the run decides"},
    Process => {~w(list registered group_leader spawn hibernate)a, @others},
    Application => {~w(stop load unload put_all_env)a, "changes which applications run"},
    :application => {~w(stop load unload set_env unset_env start ensure_all_started start_boot)a, @vm},
    File => {~w(cd cd! cwd cwd! ln_s ln_s! ln ln! chmod chmod! chgrp chgrp! chown chown!)a, @files},
    Path => {~w(wildcard)a, @files},
    Logger =>
      {~w(configure configure_backend add_backend remove_backend add_translator remove_translator disable)a,
       @vm},
    Plug.Crypto => {~w(non_executable_binary_to_term)a, @unsafe_term},
    :timer => {~w(apply_after apply_interval apply_repeatedly exit_after kill_after)a, @others},
    :ets => {~w(all i file2tab tab2file tabfile_info give_away)a, @others},
    :crypto => {~w(engine_load engine_unload engine_by_id enable_fips_mode)a, @vm},
    :io => {~w(setopts)a, @others},
    :erlang =>
      {~w(halt load_module load_nif delete_module purge_module check_old_code check_process_code trace trace_pattern
          trace_info trace_delivered system_flag system_profile system_monitor open_port port_command port_control
          port_close port_connect ports port_call port_info processes process_flag process_display spawn_opt
          spawn_request group_leader register unregister registered set_cookie get_cookie monitor_node nodes
          disconnect_node apply make_fun fun_to_list suspend_process resume_process hibernate prepare_loading
          finish_loading finish_after_on_load pre_loaded loaded display_string)a, @vm}
  }

  @atom_makers [{String, :to_atom}, {List, :to_atom}, {:erlang, :binary_to_atom}, {:erlang, :list_to_atom}]
  @unsafe_terms [{:erlang, :binary_to_term}]
  @halting [
    {System, :halt},
    {System, :stop},
    {System, :restart},
    {System, :no_halt},
    {System, :at_exit},
    {System, :trap_signal}
  ]
  @environment [
    {System, :get_env},
    {System, :fetch_env},
    {System, :fetch_env!},
    {System, :user_home},
    {System, :user_home!},
    {System, :pid},
    {System, :argv}
  ]

  # Messages to these stop or change the VM.
  @system_names ~w(init code_server application_controller kernel_sup kernel_safe_sup kernel_refc logger logger_sup logger_std_h_default
                   erl_prim_loader file_server_2 user user_drv standard_error standard_error_sup rex net_kernel net_sup auth global_name_server
                   global_group inet_db erl_signal_server socket_registry elixir_config elixir_sup elixir_code_server Logger)a

  @doc "Why a call is refused; nil where it is not."
  @spec reason(module(), atom()) :: String.t() | nil
  def reason(module, function) do
    cond do
      {module, function} in @halting -> @halt
      {module, function} in @environment -> @secrets
      {module, function} in @unsafe_terms -> @unsafe_term
      function in Map.get(@spared, module, []) -> nil
      harness?(module) -> @harness
      reason = whole(module) -> reason
      true -> single(module, function)
    end
  end

  @doc "Whether some function of a module is refused: such a module may not be handed around as a value."
  @spec dangerous?(module()) :: boolean()
  def dangerous?(Mix.Error), do: false
  def dangerous?(module), do: whole(module) != nil or harness?(module) or module in [System, File, :erlang]

  @doc "Whether the functions make atoms from text."
  @spec atom_maker?(module(), atom()) :: boolean()
  def atom_maker?(module, function), do: {module, function} in @atom_makers

  @doc "Why making atoms is refused."
  @spec atoms_reason() :: String.t()
  def atoms_reason, do: @atoms

  @doc "Whether a name belongs to a process of the VM itself."
  @spec system_name?(atom()) :: boolean()
  def system_name?(name), do: name in @system_names or name == Logger or harness?(name)

  defp whole(module) do
    case @whole do
      %{^module => reason} -> reason
      _ -> mix_or_exunit(Atom.to_string(module))
    end
  end

  defp mix_or_exunit("Elixir.Mix." <> _), do: @code
  defp mix_or_exunit("Elixir.IEx." <> _), do: @code
  defp mix_or_exunit("elixir_" <> _), do: @code
  defp mix_or_exunit("prim_" <> _), do: @files
  defp mix_or_exunit(_), do: nil

  defp harness?(module),
    do: module == Testgen or String.starts_with?(Atom.to_string(module), ["Elixir.Testgen.", "testgen_"])

  defp single(module, function) do
    case @single do
      %{^module => {functions, reason}} -> if function in functions, do: reason
      _ -> nil
    end
  end
end
