// The status item: whether testgen is busy, with a menu of what can be done, model and adapter among it.
import * as vscode from "vscode";
import type { Client, ServerStatus } from "./client";

interface Model {
  id: string;
  engine: string;
  size_bytes: number;
  adapters: string[];
  problem: string;
}

export interface Models {
  models: Model[];
  chosen: string | null;
  adapter: string | null;
  state: string;
}

/** Shows the state of the server in the status bar. */
export function statusItem(client: Client): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("testgen.status", vscode.StatusBarAlignment.Right, 10);
  item.name = "testgen";
  item.command = "testgen.menu";
  const show = (status: ServerStatus | undefined): void => {
    const busy = status?.busy.length ?? 0;
    item.text = !status ? "$(circle-slash) testgen" : busy ? "$(sync~spin) testgen" : status.trusted ? "$(beaker) testgen" : "$(lock) testgen";
    item.tooltip = !status
      ? "The language server does not run"
      : [...status.busy, status.trusted ? "" : "This workspace is not trusted: nothing runs", status.lastError].filter(Boolean).join("\n") || "Idle";
  };
  show(undefined);
  item.show();
  return vscode.Disposable.from(item, client.onStatus(show));
}

/** Lets the user choose among models and their adapters. */
export async function pickModel(client: Client): Promise<void> {
  const models = await client.command<Models>("testgen.models");
  if (!models?.models) {
    return;
  }
  const choices: (vscode.QuickPickItem & { model: string | null; adapter: string | null })[] = [
    { label: "No model", description: "only what needs none proposes", model: null, adapter: null },
  ];
  for (const { id, engine, size_bytes, adapters, problem } of models.models) {
    const description = problem || `${engine}, ${Math.round(size_bytes / 2 ** 20)} MB`;
    choices.push({ label: id, description, model: id, adapter: null });
    choices.push(...adapters.map((adapter) => ({ label: `${id} with ${adapter}`, description, model: id, adapter })));
  }
  for (const choice of choices) {
    choice.picked = choice.model === models.chosen && choice.adapter === models.adapter;
    choice.label = `${choice.picked ? "$(check) " : ""}${choice.label}`;
  }
  const chosen = await vscode.window.showQuickPick(choices, { title: "testgen: model and adapter" });
  if (chosen) {
    await client.command("testgen.chooseModel", { model: chosen.model, adapter: chosen.adapter });
  }
}
