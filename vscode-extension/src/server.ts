// Finds the language server: by the setting, in the project's virtual environment, on the PATH, in this order.
import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

const NAME = process.platform === "win32" ? "testgen-lsp.exe" : "testgen-lsp";
const VENV_FOLDERS = [".venv/bin", "venv/bin", ".venv/Scripts", "venv/Scripts"];

export interface Found {
  command: string;
  /** In words, for the log. */
  because: string;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What is started; undefined where there is none. An untrusted workspace names no program. */
export function findServer(log: (line: string) => void): Found | undefined {
  const set = vscode.workspace.getConfiguration("testgen").get<string>("server.path", "");
  if (set) {
    if (isProgram(set)) {
      return { command: set, because: "the setting testgen.server.path names it" };
    }
    log(`testgen.server.path is ${set}, which is no program`);
  }
  if (vscode.workspace.isTrusted) {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      for (const venv of VENV_FOLDERS) {
        const file = path.join(folder.uri.fsPath, venv, NAME);
        if (isProgram(file)) {
          return { command: file, because: "it is in the project's virtual environment" };
        }
      }
    }
  }
  for (const folder of (process.env.PATH ?? "").split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, NAME);
    if (isProgram(file)) {
      return { command: file, because: "it is on the PATH" };
    }
  }
  return undefined;
}
