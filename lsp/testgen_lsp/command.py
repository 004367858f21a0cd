"""`testgen-lsp`: the language server on stdin and stdout, which carry nothing but the protocol."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO


def main(argv: list[str] | None = None) -> None:
    """Runs until the client says so, or goes away."""
    options = _parser().parse_args(argv)
    _log_to(options.log_file, verbose=options.trace)
    out = _take_stdout()
    from testgen_lsp.features import make_server

    make_server().start_io(stdout=out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="testgen-lsp", description="Language server of testgen, on stdin and stdout."
    )
    parser.add_argument("--stdio", action="store_true", help="the default, and the only transport")
    parser.add_argument("--log-file", type=Path, help="where to log; stderr when left out")
    parser.add_argument("--trace", action="store_true", help="log every message")
    parser.add_argument("--version", action="version", version=_version())
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"testgen-lsp {version('testgen')}"
    except PackageNotFoundError:
        return "testgen-lsp (bundled)"


def _log_to(path: Path | None, *, verbose: bool) -> None:
    handler = logging.FileHandler(path, encoding="utf-8") if path else logging.StreamHandler(sys.stderr)
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[handler],
    )
    logging.getLogger("testgen").setLevel(logging.DEBUG if verbose else logging.INFO)
    if not verbose:
        logging.getLogger("pygls").setLevel(logging.ERROR)


def _take_stdout() -> BinaryIO:
    """The real stdout, for the protocol alone; what anything else prints goes to stderr."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


if __name__ == "__main__":
    main()
