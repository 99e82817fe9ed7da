"""This computer in words: processor, memory, graphics, disk, current, measured speed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop_llm.hardware.machine import Cpu, Device, DeviceKind, Hardware, Memory, NvidiaFacts, Power, PowerSource
from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.ui.fit.fit_text import gpu_names
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part, percent, real, size, whole

translate = QCoreApplication.translate

_NOISE = re.compile(r"\((R|TM|C)\)|\bCPU\b|\bProcessor\b|\b\d+-Core\b|@.*$|w/ .*$")
#: The first of these that was measured stands for the rest: most people's models have such weights.
_FIRST_TYPES = ("Q4_K", "Q8_0", "F16")
_GIGA = 1e9


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A graphics device in words; `tip` says more. `problem` is "" or why it is not used."""

    text: str
    tip: str = ""
    problem: str = ""


def processor_words(cpu: Cpu) -> str:
    """Name, cores, threads, and a container's limit."""
    cores = _cores(cpu.n_physical)
    if cpu.n_efficiency:
        cores = translate("machine_text", "{cores} ({fast} fast, {slow} economical)").format(
            cores=cores, fast=whole(cpu.n_performance), slow=whole(cpu.n_efficiency)
        )
    parts = [plain_processor(cpu.model), cores]
    if cpu.n_logical != cpu.n_physical:
        parts.append(translate("machine_text", "{n} threads").format(n=whole(cpu.n_logical)))
    if cpu.quota is not None:
        limit = translate("machine_text", "limited to {n} by a container")
        parts.append(limit.format(n=real(cpu.quota, 0 if cpu.quota.is_integer() else 1)))
    return " · ".join(parts)


def _cores(n: int) -> str:
    words = translate("machine_text", "1 core") if n == 1 else translate("machine_text", "{n} cores")
    return words.format(n=whole(n))


def features_words(cpu: Cpu) -> str:
    """The instruction sets that the engine uses; "" where they are not known."""
    if not cpu.features:
        return ""
    names = ", ".join(each.replace("_", " ") for each in cpu.features)
    return translate("machine_text", "The engine uses these instruction sets: {names}").format(names=names)


def plain_processor(name: str) -> str:
    """A processor's name without what says nothing: trade marks, clock, number of cores."""
    return " ".join(_NOISE.sub(" ", name).split()) or translate("machine_text", "Unknown processor")


def memory_words(memory: Memory) -> str:
    """How much there is, and how much of it is free now."""
    total, free = memory_part(memory.total_bytes), memory_part(memory.available_bytes)
    words = translate("machine_text", "{total} · {free} available now").format(total=total, free=free)
    limit = translate("machine_text", "a limit set by a container")
    return words if memory.limit_bytes is None else f"{words} · {limit}"


def device_rows(hardware: Hardware) -> tuple[DeviceRow, ...]:
    """The graphics devices; those that cannot be used say why. What only helps the processor is left out."""
    names = gpu_names(hardware)
    helping = (DeviceKind.CPU, DeviceKind.ACCELERATOR)
    rest = [device for device in hardware.devices if device.kind not in helping or device.problem]
    return tuple(_device_row(device, names) for device in rest)


def _device_row(device: Device, names: dict[str, str]) -> DeviceRow:
    name = names.get(device.name) or device.description or device.name or translate("machine_text", "Not known")
    if device.problem:
        return DeviceRow(name, _nvidia_words(device.nvidia), problem_words(device.problem))
    words = translate("machine_text", "{name} · {free} of {total} free").format(
        name=name, free=memory_part(device.free_bytes), total=memory_part(device.total_bytes)
    )
    shared = translate("machine_text", "shares the computer's memory")
    return DeviceRow(f"{words} · {shared}" if device.is_unified else words, _nvidia_words(device.nvidia))


def _nvidia_words(facts: NvidiaFacts | None) -> str:
    """Driver, use and warmth; "" where nobody tells."""
    if facts is None:
        return ""
    parts = [translate("machine_text", "Driver {version}").format(version=facts.driver)]
    if facts.utilisation is not None:
        parts.append(translate("machine_text", "{percent} busy").format(percent=percent(facts.utilisation)))
    if facts.temperature_c is not None:
        parts.append(f"{whole(round(facts.temperature_c))}{THIN_SPACE}°C")
    return " · ".join(parts)


def problem_words(problem: str) -> str:
    """Why a device is not used, in the user's language; a sentence that is not known stays as it is."""
    for template, words in zip(_PROBLEMS, _problem_sentences(), strict=True):
        pattern = re.escape(template).replace(re.escape("{name}"), "(.+)")
        found = re.fullmatch(pattern, problem)
        if found is not None:
            return words.format(name=found[1]) if found.groups() else words
    return problem


#: What the hardware room says, in the order of `_problem_sentences` (devices.py, nvidia.py, child.py).
_PROBLEMS = (
    "This engine was built without support for it, so it is not used.",
    "Its driver is not installed or does not answer, so it is not used.",
    "It reports no memory, so it is not used.",
    "It is the same card as {name}, which is used.",
    "The engine uses {name} instead.",
    "It did not answer: {name}.",
    "The engine cannot list this machine's devices: a graphics driver may be broken.",
)


def _problem_sentences() -> tuple[str, ...]:
    return (
        translate("machine_text", "This engine was built without support for it, so it is not used."),
        translate("machine_text", "Its driver is not installed or does not answer, so it is not used."),
        translate("machine_text", "It reports no memory, so it is not used."),
        translate("machine_text", "It is the same card as {name}, which is used."),
        translate("machine_text", "The engine uses {name} instead."),
        translate("machine_text", "It did not answer: {name}."),
        translate("machine_text", "The engine cannot list this machine's devices: a graphics driver may be broken."),
    )


def disk_words(hardware: Hardware) -> str:
    """The room where models live."""
    return translate("machine_text", "{size} free where models are kept").format(size=size(hardware.disk.free_bytes))


def power_words(power: Power) -> str:
    """Where the current comes from, and the battery's state."""
    if power.source is PowerSource.MAINS:
        words = translate("machine_text", "From the mains")
    else:
        words = translate("machine_text", "From the battery")
    if power.battery_fraction is None:
        return words
    charge = translate("machine_text", "battery at {percent}").format(percent=percent(power.battery_fraction))
    return f"{words} · {charge}"


def speed_rows(hardware: Hardware) -> tuple[str, ...]:
    """What was measured, one line for each device that models run on; nothing where nothing was."""
    measured = hardware.measured
    if measured is None:
        return ()
    names = {device.name: name for device, name in _computing(hardware)}
    rows = ((name, _first(measured, device)) for device, name in names.items())
    return tuple(_speed_row(name if len(names) > 1 else "", speed) for name, speed in rows if speed is not None)


def measured_words(measured: Measured) -> str:
    """When it was measured, and whether the figures can be trusted."""
    date = QLocale().toString(
        QDateTime.fromSecsSinceEpoch(int(measured.at)).date(), translate("machine_text", "d MMMM yyyy", "a date")
    )
    words = translate("machine_text", "Measured on {date}.").format(date=date)
    if not measured.is_disturbed:
        return words
    busy = translate(
        "machine_text",
        "Other programs used {percent} of the processor meanwhile, so the figures are too low. "
        "It is best measured again when the computer is quiet.",
    ).format(percent=percent(measured.others_fraction))
    return f"{words} {busy}"


def _computing(hardware: Hardware) -> list[tuple[Device, str]]:
    """The devices that models run on, with what to call them: graphics first, then the processor."""
    names = gpu_names(hardware)
    rest = [device for device in hardware.devices if device.kind is DeviceKind.CPU]
    own = [(gpu, names.get(gpu.name, gpu.name)) for gpu in hardware.gpus]
    return own + [(device, translate("machine_text", "Processor")) for device in rest[:1]]


def _first(measured: Measured, device: str) -> TypeSpeed | None:
    found = (measured.speed(name, device) for name in _FIRST_TYPES)
    return next((each for each in found if each is not None), None)


def _speed_row(name: str, speed: TypeSpeed) -> str:
    words = translate("machine_text", "{bandwidth} of memory for replies · {arithmetic} for questions").format(
        bandwidth=_rate(speed.generation_bytes_per_s, "GB/s"), arithmetic=_rate(speed.prompt_flops_per_s, "GFLOP/s")
    )
    return f"{name}: {words}" if name else words


def _rate(rate: float, unit: str) -> str:
    value = rate / _GIGA
    if value >= 1000 and unit == "GFLOP/s":
        value, unit = value / 1000, "TFLOP/s"
    return f"{real(value, 1) if value < 100 else whole(round(value))}{THIN_SPACE}{unit}"
