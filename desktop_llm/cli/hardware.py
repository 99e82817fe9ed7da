"""`desktop-llm hardware`: what this computer has, and how fast llama.cpp is on it."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from desktop_llm.cli.terminal import Terminal
from desktop_llm.hardware.machine import Cpu, Device, DeviceKind, Hardware, Memory, Power, PowerSource
from desktop_llm.hardware.measure import Watch
from desktop_llm.hardware.measured import TypeSpeed
from desktop_llm.services import Services

_GIB = 1024**3
_WIDTH = 11
_FIRST_TYPES = ("Q4_K", "Q8_0", "F16")


def hardware(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print it; returns the exit status. Raises HardwareError."""
    terminal.status("Looking at this computer …")
    machine = services.planner.hardware()
    if arguments.measure:
        watch = Watch(lambda fraction: terminal.status(f"Measuring its speed … {fraction:.0%}"))
        machine = services.planner.measure(watch)
    if arguments.json:
        terminal.write(json.dumps(report(machine), ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{name:<{_WIDTH}}{text}\n" for name, text in lines(machine)))
    return 0


def report(machine: Hardware) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    values = asdict(machine)
    values["disk"]["path"] = str(machine.disk.path)
    return values


def lines(machine: Hardware) -> Iterator[tuple[str, str]]:
    """The plain text: a word and what there is to say, one line each."""
    yield "Processor", _cpu(machine.cpu)
    if machine.cpu.features:
        yield "", f"llama.cpp uses {', '.join(machine.cpu.features)}"
    yield "Memory", _memory(machine.memory)
    graphics = [device for device in machine.devices if device.kind is not DeviceKind.CPU]
    for device in graphics:
        yield "Device", _device(device)
    if not graphics:
        yield "Graphics", "none that the engine can compute on"
    yield "Disk", f"{_gib(machine.disk.free_bytes)} free at {machine.disk.path}"
    yield "Power", _power(machine.power)
    yield "Speed", _speed(machine)
    if machine.measured is not None and machine.measured.is_disturbed:
        others = machine.measured.others_fraction
        yield "", f"too low: other programs used {others:.0%} of the processor; measure again when it is quiet"


def _cpu(cpu: Cpu) -> str:
    cores = f"{cpu.n_physical} core{'' if cpu.n_physical == 1 else 's'}"
    if cpu.n_efficiency:
        cores += f" ({cpu.n_performance} for performance, {cpu.n_efficiency} for efficiency)"
    limit = "" if cpu.quota is None else f", limited to {cpu.quota:g} by a container"
    return f"{cpu.model}, {cores}, {cpu.n_logical} threads{limit}"


def _memory(memory: Memory) -> str:
    limit = "" if memory.limit_bytes is None else " (a container's limit)"
    swap = f", swap {_gib(memory.swap_total_bytes)}" if memory.swap_total_bytes else ""
    return f"{_gib(memory.total_bytes)}{limit}, {_gib(memory.available_bytes)} available now{swap}"


def _device(device: Device) -> str:
    name = " ".join(dict.fromkeys(each for each in (device.name, device.description) if each))
    if device.problem:
        return f"{name}: {device.problem}" if name else device.problem
    shared = ", shared with the system" if device.is_unified else ""
    text = f"{name}, {_gib(device.free_bytes)} of {_gib(device.total_bytes)} free{shared}"
    if device.nvidia is None:
        return text
    busy, warm = device.nvidia.utilisation, device.nvidia.temperature_c
    known = [f"driver {device.nvidia.driver}"]
    known += [] if busy is None else [f"{busy:.0%} busy"]
    known += [] if warm is None else [f"{warm:.0f} °C"]
    return f"{text}, {', '.join(known)}"


def _power(power: Power) -> str:
    source = "from the battery" if power.source is PowerSource.BATTERY else "from the mains"
    return source if power.battery_fraction is None else f"{source}, battery at {power.battery_fraction:.0%}"


def _speed(machine: Hardware) -> str:
    measured = machine.measured
    if measured is None:
        return "not measured yet: desktop-llm hardware --measure"
    device = machine.gpus[0].name if machine.gpus else "CPU"
    speeds = (measured.speed(name, device) for name in _FIRST_TYPES)
    return f"on {device}, {measured.n_threads} threads: {'; '.join(_type(each) for each in speeds if each)}"


def _type(speed: TypeSpeed) -> str:
    generation, prompt = speed.generation_bytes_per_s / 1e9, speed.prompt_flops_per_s / 1e9
    return f"{speed.name} {generation:.1f} GB/s, prompts {prompt:.0f} GFLOP/s"


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / _GIB:.1f} GiB"
