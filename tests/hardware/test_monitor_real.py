"""The monitor beside the real engine: what the built house tells of the starter model at work."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from desktop_llm.building.monitor import alert_limits
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.hardware.monitor.record import as_record
from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.paths import Paths, find_paths
from desktop_llm.services import build_services
from desktop_llm.settings import SettingsStore

_WAIT_S = 60.0


@pytest.mark.model
def test_a_loaded_model_is_sampled_with_its_speeds_and_what_was_predicted_of_it(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "models", tmp_path / "settings.toml", find_paths().resources)
    with build_services(paths, offline=True) as services:
        facts = services.load_model(services.model_to_start_with()).result(_WAIT_S)
        samples: queue.SimpleQueue[ResourceSample] = queue.SimpleQueue()
        services.monitor.on_sample(samples.put)
        services.monitor.start(period_s=0.1)
        prompt = ChatPrompt((Message(Role.USER, "Name the months."),))
        events = list(services.engine.submit(prompt, SamplingParams(max_tokens=48, ignore_eos=True)))
        sample = _first_after_the_reply(samples)
    assert events
    (engine,) = sample.engines
    assert engine.name == "starter"
    assert engine.last_reply is not None
    assert engine.last_reply.usage.completion_tokens == 48
    assert engine.time_to_first_token_s is not None
    assert (engine.n_layers, engine.n_gpu_layers) == (facts.n_layers, 0)
    assert engine.expected is not None
    assert engine.expected.measured_bytes == pytest.approx(engine.expected.predicted_bytes, rel=0.02)
    speeds = [each.generation_tokens_per_s for one in services.monitor.seconds() for each in one.engines]
    assert max(speeds) > 0
    assert as_record(sample)["engines"][0]["cached_fraction"] == 0.0


def _first_after_the_reply(samples: queue.SimpleQueue[ResourceSample]) -> ResourceSample:
    while True:
        sample = samples.get(timeout=_WAIT_S)
        if sample.engines and sample.engines[0].n_replies:
            return sample


def test_the_settings_say_what_is_told_and_when_it_is_quiet(tmp_path: Path) -> None:
    settings = SettingsStore(tmp_path / "settings.toml")
    assert alert_limits(settings).memory == 0.85
    assert alert_limits(settings).gpu_s == 180
    assert not alert_limits(settings).quiet.holds(0)
    settings.set("quiet_from", "22:00")
    settings.set("quiet_until", "7:00")
    settings.set("alert_slow_replies", False)
    assert alert_limits(settings).quiet.holds(23 * 60)
    assert alert_limits(settings).tokens_per_s == 0
    settings.set("alerts_enabled", False)
    assert alert_limits(settings).rules == ()
