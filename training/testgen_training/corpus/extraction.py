"""One repository turned into records: its files, modules, tests, and calls with literal arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from testgen.prompt import Definition
from testgen.reading import syntax
from testgen.reading.code_modules import CodeModule, modules_of
from testgen_training.corpus.calls import Call, Names, calls_in, imported
from testgen_training.corpus.licence import PERMISSIVE, Licences, licences_of, says_licence
from testgen_training.corpus.records import CallRecord, FileRecord, ModuleRecord, Record, TestRecord
from testgen_training.corpus.repository import Repository
from testgen_training.corpus.test_modules import TestBlock, TestModule, test_modules_of

_LEFT_OUT = frozenset({"deps", "_build", "node_modules", "vendor", "priv", "bench", "benchmarks", "fixtures"})
_MAX_ARGS_CHARS = 300
_MAX_SOURCE_CHARS = 6000


@dataclass(slots=True)
class Extracted:
    """What one repository gave, and what was passed over, by reason."""

    name: str
    commit: str
    touched: str
    origin: str
    records: list[Record] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    """Files kept, by licence."""

    @property
    def num_bytes(self) -> int:
        """Of its code and tests, as UTF-8."""
        return sum(len(each.text.encode("utf-8")) for each in self.records if isinstance(each, FileRecord))


@dataclass(slots=True)
class _Parsed:
    path: str
    modules: tuple[CodeModule, ...] = ()
    tests: tuple[TestModule, ...] = ()


def extract(repository: Repository, max_file_bytes: int) -> Extracted:
    """All records of a repository. Raises SourceUnusable where it cannot be read at all."""
    found = Extracted(repository.name, repository.commit(), repository.touched(), repository.origin)
    paths = repository.paths()
    spoken = [path for path in paths if says_licence(path) and not _is_left_out(path)]
    licences = licences_of({file.path: file.data for file in repository.read(spoken)})
    parsed = list(_files(repository, paths, licences, found, max_file_bytes))
    _pairs(parsed, found)
    return found


def role(path: str) -> str | None:
    """`code`, `test`, or None for what is neither."""
    parts = PurePosixPath(path).parts
    if _LEFT_OUT.intersection(parts):
        return None
    if path.endswith("_test.exs") and "test" in parts:
        return "test"
    return "code" if path.endswith(".ex") and "test" not in parts else None


def _is_left_out(path: str) -> bool:
    return bool({"deps", "_build", "node_modules"}.intersection(PurePosixPath(path).parts))


def _files(
    repository: Repository, paths: list[str], licences: Licences, found: Extracted, max_file_bytes: int
) -> Iterator[_Parsed]:
    for file in repository.read([path for path in paths if role(path) is not None]):
        text = _text(file.data, file.path, licences, found, max_file_bytes)
        if text is None:
            continue
        kind = role(file.path)
        assert kind is not None
        found.records.append(FileRecord(repository=found.name, path=file.path, role=kind, text=text))
        root = syntax.parse(text.encode("utf-8"))
        found.passed_over["parsed with errors"] += root.has_error
        if kind == "code":
            yield _Parsed(file.path, modules=tuple(modules_of(root)))
        else:
            yield _Parsed(file.path, tests=tuple(test_modules_of(root)))


def _text(data: bytes, path: str, licences: Licences, found: Extracted, max_file_bytes: int) -> str | None:
    """The file's text where it may and can be used; otherwise the reason is counted."""
    if len(data) > max_file_bytes:
        found.passed_over["too large"] += 1
        return None
    try:
        text = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError:
        found.passed_over["not UTF-8"] += 1
        return None
    licence = licences.of(path, text)
    if licence not in PERMISSIVE:
        found.passed_over[f"licence {licence}"] += 1
        return None
    found.licences[licence] += 1
    return text


def _pairs(parsed: list[_Parsed], found: Extracted) -> None:
    modules: dict[str, ModuleRecord] = {}
    for file in parsed:
        for module in file.modules:
            record = _module_record(module, file.path, found)
            if modules.setdefault(module.text.name, record) is record:
                found.records.append(record)
                found.records.extend(_doctest_calls(module, record))
    functions = {
        name: frozenset(each.name for each in record.module.definitions if each.is_public)
        for name, record in modules.items()
    }
    for file in parsed:
        for tests in file.tests:
            found.records.extend(_test_records(tests, file.path, modules, functions))


def _module_record(module: CodeModule, path: str, found: Extracted) -> ModuleRecord:
    return ModuleRecord(
        id=f"{found.name}:{module.text.name}",
        repository=found.name,
        path=path,
        module=module.text,
        num_public=module.num_public,
        num_documented=module.num_documented,
        uses=module.uses,
        behaviours=module.behaviours,
    )


def _test_records(
    tests: TestModule, path: str, modules: dict[str, ModuleRecord], functions: dict[str, frozenset[str]]
) -> Iterator[Record]:
    own = modules.get(tests.name.removesuffix("Test"))
    done: set[tuple[str, str, tuple[str, ...]]] = set()
    for test in tests.tests:
        calls = [_resolved(call, tests, functions) for call in test.calls]
        subject = own or _most_called(calls, modules)
        if subject is not None and len(test.source) <= _MAX_SOURCE_CHARS:
            yield _test_record(test, path, subject, calls)
        for call in calls:
            record = _call_record(call, path, modules, "test")
            key = (call.module, call.function, call.args)
            if record is not None and key not in done:
                done.add(key)
                yield record


def _resolved(call: Call, tests: TestModule, functions: dict[str, frozenset[str]]) -> Call:
    if call.module:
        return call
    module = imported(call, tests.imports, functions)
    shown_as = module.rpartition(".")[2]
    return Call(
        module=module, shown_as=shown_as, function=call.function, args=call.args, is_closed=call.is_closed
    )


def _most_called(calls: list[Call], modules: dict[str, ModuleRecord]) -> ModuleRecord | None:
    """The module of the repository that a test calls most, where its file is named after none."""
    counted = Counter(call.module for call in calls if call.module in modules)
    return modules[counted.most_common(1)[0][0]] if counted else None


def _test_record(test: TestBlock, path: str, subject: ModuleRecord, calls: list[Call]) -> TestRecord:
    focal = dict.fromkeys(
        definition.signature
        for call in calls
        if call.module == subject.module.name
        if (definition := _definition(call, subject)) is not None
    )
    return TestRecord(
        repository=subject.repository,
        path=path,
        module_id=subject.id,
        test_type=test.test_type,
        name=test.name,
        describe=test.describe,
        focal=tuple(focal),
        source=test.source,
        holes=test.holes,
    )


def _definition(call: Call, subject: ModuleRecord) -> Definition | None:
    candidates = (
        each for each in subject.module.definitions if each.name == call.function and each.is_public
    )
    return next((each for each in candidates if each.takes(len(call.args))), None)


def _call_record(call: Call, path: str, modules: dict[str, ModuleRecord], origin: str) -> CallRecord | None:
    subject = modules.get(call.module)
    if subject is None or not call.is_closed or not call.args or sum(map(len, call.args)) > _MAX_ARGS_CHARS:
        return None
    definition = _definition(call, subject)
    if definition is None:
        return None
    return CallRecord(
        repository=subject.repository,
        path=path,
        module_id=subject.id,
        shown_as=call.shown_as.rpartition(".")[2],
        function=call.function,
        arity=definition.arity,
        args=call.args,
        origin=origin,
    )


def _doctest_calls(module: CodeModule, record: ModuleRecord) -> Iterator[Record]:
    """Calls in `iex>` examples; a doc shows its module by its full name or its last part."""
    own = module.text.name
    names = Names(aliases={own.rpartition(".")[2]: own})
    done: set[tuple[str, tuple[str, ...]]] = set()
    for example in module.examples:
        for call in calls_in(syntax.parse(example.encode("utf-8")), names):
            made = _call_record(call, record.path, {own: record}, "doctest")
            if made is not None and (call.function, call.args) not in done:
                done.add((call.function, call.args))
                yield made
