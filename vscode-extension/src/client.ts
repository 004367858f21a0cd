// The language client: started, configured, restarted; what the server tells beyond the protocol is passed on.
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import { findServer, type Found } from "./server";
import { serverSettings } from "./settings";

export interface ServerStatus {
  busy: string[];
  lastError: string;
  trusted: boolean;
}

const RESTARTS = 20;
const RESTARTS_WITHIN_MS = 180_000;

/** One client for the window. */
export class Client implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly statusEmitter = new vscode.EventEmitter<ServerStatus | undefined>();
  private stops: number[] = [];
  found: Found | undefined;

  /** What the server does; undefined where it does not run. */
  readonly onStatus = this.statusEmitter.event;

  constructor(readonly output: vscode.OutputChannel) {}

  async start(): Promise<void> {
    this.found = findServer((line) => this.log(line));
    if (!this.found) {
      this.log("testgen-lsp was not found: not in testgen.server.path, a project's .venv, or on the PATH");
      this.statusEmitter.fire(undefined);
      return;
    }
    this.log(`language server: ${this.found.command}, because ${this.found.because}`);
    const client = new LanguageClient(
      "testgen",
      "testgen",
      { command: this.found.command, args: ["--stdio"] },
      {
        documentSelector: [{ scheme: "file", language: "elixir" }],
        outputChannel: this.output,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationOptions: { ...serverSettings(), status: true, events: true },
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue }),
          closed: () => this.closed(),
        },
      },
    );
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped) {
        this.statusEmitter.fire(undefined);
      }
    });
    client.onNotification("testgen/status", (status: ServerStatus) => this.statusEmitter.fire(status));
    client.onNotification("testgen/preview", ({ kind, text }: { kind: string; text: string }) => this.log(`${kind}: ${text}`));
    await client.start();
    this.statusEmitter.fire({ busy: [], lastError: "", trusted: vscode.workspace.isTrusted });
  }

  /** A server that ends is started again, unless it does nothing but end. */
  private closed(): { action: CloseAction; message?: string; handled?: boolean } {
    const now = Date.now();
    this.stops = [...this.stops.filter((at) => now - at < RESTARTS_WITHIN_MS), now];
    if (this.stops.length > RESTARTS) {
      const message = `The testgen language server ended ${RESTARTS} times within three minutes. See the output channel testgen.`;
      return { action: CloseAction.DoNotRestart, message };
    }
    this.log("the language server ended and is started again");
    return { action: CloseAction.Restart, handled: true };
  }

  /** Runs a command of the server; undefined where it does not run. */
  async command<T>(command: string, argument?: unknown): Promise<T | undefined> {
    if (!this.client?.isRunning()) {
      void vscode.window.showWarningMessage("The testgen language server does not run.", "Show Log").then((chosen) => chosen && this.output.show());
      return undefined;
    }
    return this.client.sendRequest<T>("workspace/executeCommand", {
      command,
      arguments: argument === undefined ? [] : [argument],
    });
  }

  /** Sends the settings, after they changed or the workspace was trusted. */
  async configure(): Promise<void> {
    if (this.client?.isRunning()) {
      await this.client.sendNotification("workspace/didChangeConfiguration", { settings: { testgen: serverSettings() } });
    }
  }

  async restart(): Promise<void> {
    await this.command("testgen.restartDaemon");
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  log(line: string): void {
    this.output.appendLine(`[${new Date().toISOString()}] ${line}`);
  }

  dispose(): void {
    void this.stop();
    this.statusEmitter.dispose();
  }
}
