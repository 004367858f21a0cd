// The extension: commands, the status item, and the language client that everything else comes through.
import * as vscode from "vscode";
import { Client } from "./client";
import { serverSettings } from "./settings";
import { pickModel, statusItem } from "./status";

function currentUri(): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === "elixir" ? document.uri.toString() : undefined;
}

/** The server reads the source from disk. */
async function saved(): Promise<string | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.isDirty && !document.fileName.endsWith("_test.exs")) {
    await document.save();
  }
  return currentUri();
}

async function generateFunction(client: Client): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !(await saved())) {
    return;
  }
  const kind = vscode.CodeActionKind.Refactor.append("rewrite.generateTests").value;
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    editor.document.uri,
    editor.selection,
    kind,
  );
  const command = actions?.find((action) => action.kind?.value.startsWith(kind))?.command;
  if (command) {
    await client.command(command.command, command.arguments?.[0]);
  } else {
    void vscode.window.showInformationMessage("There is no public function at the cursor.");
  }
}

async function menu(client: Client): Promise<void> {
  const entries: [string, string][] = [
    ["$(beaker) Generate tests for this module", "testgen.generateModule"],
    ["$(graph) Measure this module's tests", "testgen.measure"],
    ["$(stop-circle) Cancel what runs", "testgen.stop"],
    ["$(symbol-misc) Choose model and adapter", "testgen.pickModel"],
    ["$(dashboard) Open dashboard", "testgen.openDashboard"],
    ["$(debug-restart) Restart", "testgen.restart"],
    ["$(output) Show log", "testgen.showLog"],
  ];
  const title = client.found ? `testgen: ${client.found.command}` : "testgen: no language server was found";
  const chosen = await vscode.window.showQuickPick(entries.map(([label, command]) => ({ label, command })), { title });
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

async function collectDebugInformation(client: Client, context: vscode.ExtensionContext): Promise<void> {
  const status = await client.command<Record<string, unknown>>("testgen.status");
  const information = {
    extension: context.extension.packageJSON.version,
    vscode: vscode.version,
    platform: `${process.platform} ${process.arch}`,
    server: client.found ?? null,
    settings: serverSettings(),
    status: status ?? null,
  };
  const content = JSON.stringify(information, undefined, 2);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "json", content }));
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("testgen");
  const client = new Client(output);
  const withUri = (command: string, uri: () => Promise<string | undefined>) => async () => {
    const found = await uri();
    return found ? client.command(command, { uri: found }) : undefined;
  };
  const commands: Record<string, () => unknown> = {
    "testgen.generateModule": withUri("testgen.generate", saved),
    "testgen.generateFunction": () => generateFunction(client),
    "testgen.measure": withUri("testgen.score", saved),
    "testgen.openTests": withUri("testgen.goToTest", async () => currentUri()),
    "testgen.stop": () => client.command("testgen.cancel"),
    "testgen.menu": () => menu(client),
    "testgen.pickModel": () => pickModel(client),
    "testgen.openDashboard": async () => {
      const opened = await client.command<{ url?: string }>("testgen.dashboard");
      return opened?.url && vscode.env.openExternal(vscode.Uri.parse(opened.url));
    },
    "testgen.restart": () => client.restart(),
    "testgen.showLog": () => output.show(),
    "testgen.collectDebugInformation": () => collectDebugInformation(client, context),
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  }
  context.subscriptions.push(
    output,
    client,
    statusItem(client),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void client.configure()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("testgen.server.path")) {
        void client.stop().then(() => client.start());
      } else if (event.affectsConfiguration("testgen")) {
        void client.configure();
      }
    }),
  );
  await client.start();
}
