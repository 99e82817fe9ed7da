"""llama.cpp's log of a load, as it was recorded, read as memory by device."""

from __future__ import annotations

from desktop_llm.engine.llama.memory_log import count_layers, read_load, read_plan
from desktop_llm.engine.memory import CacheLayers, DeviceMemory

_MIB = 1024 * 1024

#: The starter model on a CPU, its file mapped.
_ON_CPU = """
load_tensors: layer   0 assigned to device CPU, is_swa = 0
load_tensors:   CPU_Mapped model buffer size =    92.10 MiB
llama_context:        CPU  output buffer size =     0.75 MiB
llama_kv_cache: layer  29: dev = CPU
llama_kv_cache:        CPU KV buffer size =    45.00 MiB
llama_kv_cache: size =   45.00 MiB (  2048 cells,  30 layers,  4/1 seqs), K (f16):   22.50 MiB, V (f16):   22.50 MiB
sched_reserve:        CPU compute buffer size =    15.51 MiB
sched_reserve:        CPU compute buffer size =    15.50 MiB
"""
#: Lines of an NVIDIA card, of a sliding window and of a recurrent state, by the same formats.
_ON_CUDA = """
load_tensors:        CUDA0 model buffer size =  4155.99 MiB
load_tensors:   CPU_Mapped model buffer size =   281.81 MiB
load_tensors:   CPU_REPACK model buffer size =    80.00 MiB
llama_context:  CUDA_Host  output buffer size =     0.49 MiB
llama_kv_cache:      CUDA0 KV buffer size =   512.00 MiB
llama_kv_cache: size =  512.00 MiB (  4096 cells,  16 layers,  1/1 seqs), K (f16):  256.00 MiB, V (f16):  256.00 MiB
llama_kv_cache:      CUDA0 KV buffer size =    64.00 MiB
llama_kv_cache: size =   64.00 MiB (  1024 cells,  16 layers,  1/1 seqs), K (f16):   32.00 MiB, V (f16):   32.00 MiB
llama_memory_recurrent:      CUDA0 RS buffer size =     1.50 MiB
llama_memory_recurrent:        CPU RS buffer size =     0.50 MiB
llama_memory_recurrent: size =    2.00 MiB (     1 cells,  32 layers,  1 seqs  1 rs_seq), R (f32):    1.00 MiB
sched_reserve:      CUDA0 compute buffer size =   560.00 MiB
sched_reserve:  CUDA_Host compute buffer size =    24.01 MiB
"""
#: A dry run: buffers of weights and cache are empty, the recurrent state is not.
_DRY = """
load_tensors: layer   0 assigned to device CPU, is_swa = 1
load_tensors: layer   1 assigned to device Vulkan0, is_swa = 0
load_tensors: layer   2 assigned to device Vulkan0, is_swa = 0
load_tensors:      Vulkan0 model buffer size =     0.00 MiB
llama_context: Vulkan_Host  output buffer size =     0.19 MiB
llama_kv_cache: layer   0: filtered
llama_kv_cache: layer   1: dev = Vulkan0
llama_kv_cache:    Vulkan0 KV buffer size =     0.00 MiB
llama_kv_cache: size =   48.00 MiB (  2048 cells,   1 layers,  4/1 seqs), K (f16):   24.00 MiB, V (f16):   24.00 MiB
llama_kv_cache: layer   0: dev = CPU
llama_kv_cache:        CPU KV buffer size =     0.00 MiB
llama_kv_cache: size =    2.00 MiB (   256 cells,   1 layers,  4/1 seqs), K (f16):    1.00 MiB, V (f16):    1.00 MiB
llama_memory_recurrent:        CPU RS buffer size =     1.50 MiB
llama_memory_recurrent: size =    1.50 MiB (     4 cells,   2 layers,  4 seqs  1 rs_seq), R (f32):    1.50 MiB
sched_reserve:    Vulkan0 compute buffer size =    99.00 MiB
sched_reserve:    Vulkan0 compute buffer size =   100.25 MiB
"""


def _of(text: str) -> dict[str, DeviceMemory]:
    return {each.device: each for each in read_load(text.splitlines())}


def test_a_load_on_a_cpu_is_read_by_kind_of_buffer() -> None:
    real = _of(_ON_CPU)
    assert set(real) == {"CPU_Mapped", "CPU"}
    assert real["CPU_Mapped"].weights_bytes == round(92.10 * _MIB)
    assert real["CPU"] == DeviceMemory("CPU", 45 * _MIB, 0, round(15.5 * _MIB), round(0.75 * _MIB), 0)


def test_a_load_on_a_card_is_read_with_every_cache_and_copy() -> None:
    real = _of(_ON_CUDA)
    assert set(real) == {"CUDA0", "CUDA_Host", "CPU_Mapped", "CPU_REPACK", "CPU"}
    card = real["CUDA0"]
    assert (card.cache_bytes, card.recurrent_bytes) == (576 * _MIB, round(1.5 * _MIB))
    assert (card.weights_bytes, card.compute_bytes) == (round(4155.99 * _MIB), 560 * _MIB)
    assert real["CPU_REPACK"].weights_bytes == 80 * _MIB
    assert real["CUDA_Host"].compute_bytes == round(24.01 * _MIB)


def test_a_dry_run_tells_which_layers_share_a_cache() -> None:
    plan = read_plan(_DRY.splitlines())
    assert plan.places == ("CPU", "Vulkan0", "Vulkan0")
    assert plan.caches == (CacheLayers(48 * _MIB, (1,)), CacheLayers(2 * _MIB, (0,)))
    figures = {device.device: device for device in plan.devices}
    assert figures[""].cache_bytes == plan.cache_bytes == 50 * _MIB
    assert figures[""].recurrent_bytes == 0
    assert figures["CPU"].recurrent_bytes == round(1.5 * _MIB)
    assert figures["Vulkan0"].compute_bytes == round(100.25 * _MIB)
    assert figures["Vulkan_Host"].output_bytes == round(0.19 * _MIB)


def test_a_state_whose_buffers_are_not_told_stands_under_no_device() -> None:
    plan = read_plan(["llama_memory_recurrent: size =    1.50 MiB (  4 cells)"])
    assert plan.devices == (DeviceMemory("", 0, round(1.5 * _MIB), 0, 0),)


def test_a_log_that_leaves_out_a_layer_says_nothing_of_places() -> None:
    assert read_plan(["load_tensors: layer   1 assigned to device CPU, is_swa = 0"]).places == ()


def test_layers_are_counted_with_the_output_and_by_their_device() -> None:
    assert count_layers(_DRY.splitlines()) == (len(read_plan(_DRY.splitlines()).places), 2)
    assert count_layers([]) == (0, 0)
