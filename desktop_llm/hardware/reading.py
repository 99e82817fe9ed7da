"""A look at this machine, put together; and the key under which its measured speeds are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desktop_llm.engine.threads import engine_threads
from desktop_llm.hardware.child import EngineFacts, ask_engine
from desktop_llm.hardware.cpu import read_cpu
from desktop_llm.hardware.devices import join_devices
from desktop_llm.hardware.machine import Cpu, Device, DeviceKind, Hardware, Memory
from desktop_llm.hardware.measured import load_measured
from desktop_llm.hardware.nvidia import read_nvidia
from desktop_llm.hardware.pci import read_pci_cards
from desktop_llm.hardware.surroundings import read_disk, read_memory, read_power


def read_hardware(models_folder: Path, speeds_file: Path) -> Hardware:
    """Look at this machine now. Any thread; it waits about a second, most of it for the engine's devices.

    `speeds_file` is where measured speeds are kept. What is missing or fails is a value that says so.
    """
    engine = ask_engine()
    cpu = read_cpu(engine.system_info)
    memory = read_memory()
    devices = read_devices(engine, memory)
    return Hardware(
        cpu=cpu,
        memory=memory,
        devices=devices,
        disk=read_disk(models_folder),
        power=read_power(),
        measured=load_measured(speeds_file, machine_key(cpu, devices, engine.version)),
        engine=engine.version,
    )


def look_at_machine(models_folder: Path, speeds_file: Path, known: Hardware | None = None) -> Hardware:
    """Look at this machine: whole for None, else only at what may have changed since `known` was read.

    Free memory is read at once; what graphics devices have free, only the engine can tell, in a child.
    """
    if known is None or known.gpus:
        return read_hardware(models_folder, speeds_file)
    memory = read_memory()
    devices = tuple(_limited(device, memory) for device in known.devices)
    return replace(known, memory=memory, devices=devices, disk=read_disk(models_folder), power=read_power())


def read_devices(engine: EngineFacts, memory: Memory) -> tuple[Device, ...]:
    """The engine's devices joined with what drivers and the bus tell; the CPU's memory is what this process may use."""
    joined = join_devices(engine.devices, read_nvidia(), read_pci_cards())
    if engine.problem:
        failed = Device("", "", "", DeviceKind.ACCELERATOR, 0, 0, is_unified=True, problem=engine.problem)
        joined = (failed, *joined)
    return tuple(_limited(device, memory) for device in joined)


def _limited(device: Device, memory: Memory) -> Device:
    if device.kind is not DeviceKind.CPU:
        return device
    return replace(device, free_bytes=memory.available_bytes, total_bytes=memory.total_bytes)


def machine_key(cpu: Cpu, devices: Sequence[Device], engine_version: str) -> str:
    """What measured speeds hold for: processor, threads, graphics with their drivers, and the engine's release."""
    graphics = [
        f"{device.name} {device.description} {device.nvidia.driver if device.nvidia else ''}".strip()
        for device in devices
        if device.is_usable and device.kind is not DeviceKind.CPU
    ]
    return " | ".join([cpu.model, f"{engine_threads()} threads", *graphics, f"llama-cpp-python {engine_version}"])
