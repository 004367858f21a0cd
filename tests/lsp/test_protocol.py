"""The server as a process: light, silent on stdout but for the protocol, and not to be upset by nonsense."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest

from testgen_lsp.settings import Settings, changed
from tests.editor import SERVER


def framed(message: Any) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def initialize(number: int = 1) -> dict[str, Any]:
    params = {"processId": None, "rootUri": None, "capabilities": {}}
    return {"jsonrpc": "2.0", "id": number, "method": "initialize", "params": params}


def conversation(*messages: bytes, timeout_s: float = 60) -> tuple[list[dict[str, Any]], bytes, int]:
    """What the server says to these messages and a proper end; what is not protocol; its exit status."""
    end = [{"jsonrpc": "2.0", "id": 999, "method": "shutdown"}, {"jsonrpc": "2.0", "method": "exit"}]
    sent = b"".join([*messages, *map(framed, end)])
    done = subprocess.run(SERVER, input=sent, capture_output=True, timeout=timeout_s, check=False)
    rest, said = done.stdout, []
    while rest.startswith(b"Content-Length: "):
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(head.split(b"\r\n")[0].removeprefix(b"Content-Length: "))
        said.append(json.loads(rest[:length]))
        rest = rest[length:]
    return said, rest, done.returncode


def test_nothing_but_the_protocol_is_written_to_stdout() -> None:
    said, rest, status = conversation(framed(initialize()))
    assert rest == b""
    assert status == 0
    capabilities = said[0]["result"]["capabilities"]
    kinds = capabilities["codeActionProvider"]["codeActionKinds"]
    assert "refactor.rewrite.generateTests.exunit" in kinds
    assert "source.generateTests.liveview" in kinds
    assert "testgen.generate" in capabilities["executeCommandProvider"]["commands"]
    for theirs in ("documentFormattingProvider", "hoverProvider", "definitionProvider", "renameProvider"):
        assert not capabilities.get(theirs)


def test_print_goes_to_stderr() -> None:
    code = (
        "import sys; from testgen_lsp import command\n"
        "out = command._take_stdout(); print('stray'); out.write(b'protocol'); out.flush()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"protocol"
    assert b"stray" in done.stderr


def test_starting_imports_no_numeric_model_or_synthesis_code() -> None:
    code = (
        "import sys; from testgen_lsp.features import make_server; make_server()\n"
        "print(sorted(name for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(eval(done.stdout))
    unwanted = (
        "numpy",
        "torch",
        "llama_cpp",
        "httpx",
        "testgen.synthesis",
        "testgen.agent",
        "testgen_server",
    )
    assert not [name for name in loaded if name.startswith(unwanted)]


URI = "file:///nowhere/lib/a.ex"
DOCUMENT = {"uri": URI}
NONSENSE: list[Any] = [
    None, True, -1, 2**70, "", "x" * 5000, [], [[]], {}, {"uri": None}, {"uri": "http://x"}, {"uri": URI},
    {"textDocument": None}, {"textDocument": DOCUMENT}, {"textDocument": DOCUMENT, "position": {"line": -1}},
    {"command": "testgen.generate", "arguments": [None]}, {"command": "testgen.generate"},
    {"command": "none such", "arguments": []}, {"command": "testgen.goToTest", "arguments": [[1]]},
    {"textDocument": DOCUMENT, "range": {}, "context": {}}, {"token": {"a": 1}}, {"id": "unknown"},
]  # fmt: skip
METHODS = [
    "textDocument/codeAction", "textDocument/codeLens", "textDocument/completion", "textDocument/didOpen",
    "textDocument/didChange", "textDocument/didClose", "workspace/executeCommand", "initialized",
    "workspace/didChangeConfiguration", "window/workDoneProgress/cancel", "$/cancelRequest", "testgen/trust",
    "$/setTrace", "none/such", "",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_malformed_requests_upset_nothing(seed: int) -> None:
    rng = random.Random(seed)
    messages = [framed(initialize())]
    for number in range(2, 120):
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": rng.choice(METHODS)}
        if rng.random() < 0.6:
            message["id"] = number
        if rng.random() < 0.9:
            message["params"] = rng.choice(NONSENSE)
        messages.append(framed(message))
    proper = {"jsonrpc": "2.0", "id": 500, "method": "textDocument/codeLens"}
    messages.append(framed({**proper, "params": {"textDocument": DOCUMENT}}))
    said, rest, status = conversation(*messages)
    assert rest == b""
    assert status == 0
    answer = next(each for each in said if each.get("id") == 500)
    assert answer["result"] == []


@pytest.mark.parametrize("body", [b"{", b"null", b"[]", b"\xff\xfe", b'"text"', b"[" * 5000, b"{}"])
def test_what_is_no_message_upsets_nothing(body: bytes) -> None:
    said, rest, status = conversation(framed(initialize()), framed(body), framed(initialize(7)))
    assert rest == b""
    assert any(each.get("id") == 999 for each in said)
    assert status in (0, 1)


def test_settings_that_do_not_fit_are_told_and_left_out() -> None:
    settings, complaints = changed(
        Settings(), {"testgen": {"budget_s": "long", "lenses": False, "colour": 1, "completion_s": 900}}
    )
    assert settings == Settings(lenses=False)
    assert len(complaints) == 3


def test_the_command_says_its_version() -> None:
    done = subprocess.run([*SERVER[:3], "--version"], capture_output=True, text=True, check=True)
    wanted = version("testgen")
    assert done.stdout.strip() == f"testgen-lsp {wanted}"


def test_it_ends_when_its_editor_is_gone() -> None:
    process = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(framed(initialize()))
    process.stdin.flush()
    process.stdin.close()
    assert process.wait(timeout=20) in (0, 1)
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()
