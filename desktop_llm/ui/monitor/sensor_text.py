"""Sensors by name, and why one is missing."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication

from desktop_llm.hardware.monitor.sample import Sensor

translate = QCoreApplication.translate


def sensor_name(sensor: Sensor) -> str:
    """What it measures."""
    words = {
        Sensor.CPU_TEMPERATURE: translate("sensor_text", "Temperature of the processor"),
        Sensor.CPU_FREQUENCY: translate("sensor_text", "Clock of the processor"),
        Sensor.SWAP: translate("sensor_text", "Swap"),
        Sensor.SWAP_TRAFFIC: translate("sensor_text", "Swap traffic"),
        Sensor.DISK_SPACE: translate("sensor_text", "Room on the disk"),
        Sensor.DISK_TRAFFIC: translate("sensor_text", "Traffic of the disks"),
        Sensor.BATTERY: translate("sensor_text", "Battery"),
        Sensor.GPU: translate("sensor_text", "Graphics card"),
        Sensor.GPU_UTILISATION: translate("sensor_text", "How busy the graphics card is"),
        Sensor.GPU_MEMORY: translate("sensor_text", "Memory in use on the graphics card"),
        Sensor.GPU_TEMPERATURE: translate("sensor_text", "Temperature of the graphics card"),
        Sensor.GPU_POWER: translate("sensor_text", "Power of the graphics card"),
        Sensor.GPU_CLOCK: translate("sensor_text", "Clock of the graphics card"),
        Sensor.GPU_THROTTLING: translate("sensor_text", "What slows the graphics card down"),
    }
    return words[sensor]


def why_missing(sensor: Sensor, platform: str = sys.platform) -> str:
    """Why this computer does not tell it, as far as that is known."""
    none = translate("sensor_text", "There is none.")
    uncounted = translate("sensor_text", "This system does not count it, or not for this program.")
    closed = translate("sensor_text", "This system tells it to no program of a plain user.")
    unseen = translate("sensor_text", "No sensor is to be seen, as in most virtual machines and containers.")
    words = {
        Sensor.CPU_TEMPERATURE: closed if platform in {"win32", "darwin"} else unseen,
        Sensor.CPU_FREQUENCY: uncounted,
        Sensor.SWAP: none,
        Sensor.SWAP_TRAFFIC: uncounted,
        Sensor.DISK_SPACE: translate("sensor_text", "The folder of the models cannot be reached."),
        Sensor.DISK_TRAFFIC: uncounted,
        Sensor.BATTERY: none,
        Sensor.GPU: translate("sensor_text", "The engine can use none here, and no driver tells of one."),
    }
    silent = translate("sensor_text", "Its driver does not tell. NVIDIA's does on most cards, others do not yet.")
    return words.get(sensor, silent)
