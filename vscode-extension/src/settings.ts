// Settings as the language server knows them, from those that VS Code shows.
import * as vscode from "vscode";

/** The setting of VS Code, and the server's name for it (`testgen_lsp/settings.py`, whose defaults are tested to be the same). */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  budget: "budget_s",
  preview: "preview",
  lenses: "lenses",
  survivors: "survivors",
  completions: "completions",
  completionTime: "completion_s",
  command: "command",
};

/** All of them, and whether the workspace is trusted. */
export function serverSettings(): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration("testgen");
  const settings: Record<string, unknown> = { trusted: vscode.workspace.isTrusted };
  for (const [shown, known] of Object.entries(SERVER_SETTINGS)) {
    settings[known] = configuration.get(shown);
  }
  return settings;
}
