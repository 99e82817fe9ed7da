"""From times of forged models to figures that hold for any model. Pure.

A step of a reply takes the weights' bytes by a rate, and a fixed time for each operation of the
graph: on a processor its threads wait for each other after each, on a card each is started for
itself. A prompt takes operations by a rate, and a time for all the numbers between the matrices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_llm.engine.pace import FilledPace, Pace
from desktop_llm.hardware.forged_shapes import EXPERTS, MIDDLE, NARROW, WIDE, ForgedShape, Quantization, quantization
from desktop_llm.hardware.measured import FewerThreads, Overheads, TypeSpeed, layer_steps

#: The least part that the weights take of a wide model's step and prompt, and of one of experts, however
#: large the rest was measured on a disturbed machine.
_LEAST_OF_STEP, _LEAST_OF_PROMPT, _LEAST_OF_EXPERTS = 0.6, 0.8, 0.3
#: The least part of a type's speed that its experts and short rows have.
_LEAST_OF_ALL = 0.2


@dataclass(frozen=True, slots=True)
class TypePace:
    """Times of a forged model of one type and so many layers."""

    name: str
    n_layer: int
    pace: Pace


@dataclass(frozen=True, slots=True)
class DevicePaces:
    """All times of one device. The narrow model is of the first wide one's type.

    `short` are wide models with short rows. `fewer_threads` says which
    numbers of threads the times of steps with fewer belong to.
    """

    wide: tuple[TypePace, ...]
    experts: tuple[TypePace, ...]
    narrow: FilledPace
    n_narrow_layer: int
    fewer_threads: tuple[int, ...] = ()
    short: tuple[TypePace, ...] = ()


def sum_up(paces: DevicePaces, device: str) -> tuple[tuple[TypeSpeed, ...], Overheads]:
    """The speeds of the types and the overheads, found from each other in a few rounds."""
    first = paces.wide[0]
    overheads = Overheads(device)
    for _ in range(4):
        overheads = _overheads(paces, _type_speed(first, overheads), overheads)
    experts = {each.name: each for each in paces.experts}
    short = {each.name: each for each in paces.short}
    speeds = [_with_short(_type_speed(each, overheads), short.get(each.name), overheads) for each in paces.wide]
    return tuple(_with_experts(each, experts.get(each.name), overheads) for each in speeds), overheads


def sum_up_fewer(paces: DevicePaces, device: str) -> tuple[FewerThreads, ...]:
    """The same of a single reply's steps with fewer threads."""
    found: list[FewerThreads] = []
    for index, n_threads in enumerate(paces.fewer_threads):
        types, overheads = sum_up(_with_fewer(paces, index), device)
        found.append(FewerThreads(n_threads, types, overheads))
    return tuple(found)


def _with_fewer(paces: DevicePaces, index: int) -> DevicePaces:
    """The times, of which those of one reply's steps are with fewer threads."""
    wide, experts = (
        tuple(replace(each, pace=replace(each.pace, step_s=each.pace.fewer_step_s[index])) for each in kind)
        for kind in (paces.wide, paces.experts)
    )
    old = paces.narrow
    narrow = replace(old, step_s=old.fewer_step_s[index], filled_step_s=old.fewer_filled_step_s[index])
    return replace(paces, wide=wide, experts=experts, narrow=narrow)


@dataclass(frozen=True, slots=True)
class _Load:
    """What a forged model has: steps, weights and numbers between them, those of a prompt's token apart.

    In the last layer only a prompt's last token passes the feed-forward part.
    """

    n_steps: int
    n_weights: int
    prompt_weights: int
    prompt_expert_weights: int
    prompt_numbers: int
    attention_numbers: int


def _load(shape: ForgedShape, n_layer: int) -> _Load:
    attention, feed_forward, numbers, late_numbers = 0, 0, 0, 0
    for name, sizes in shape.matrices():
        used = shape.n_expert_used if len(sizes) == 3 else 1
        n_weights, n_numbers = used * sizes[0] * sizes[1], used * (sizes[0] + sizes[1])
        numbers += n_numbers
        if name.startswith("ffn"):
            feed_forward += n_weights
            late_numbers += n_numbers
        else:
            attention += n_weights
    n_matrices = len(list(shape.matrices()))
    dense = attention + (0 if shape.n_expert else feed_forward)
    return _Load(
        n_steps=n_layer * layer_steps(n_matrices, 2, shape.n_expert_used),
        n_weights=n_layer * (attention + feed_forward),
        prompt_weights=n_layer * dense - (dense - attention),
        prompt_expert_weights=(n_layer - 1) * feed_forward if shape.n_expert else 0,
        prompt_numbers=n_layer * numbers - late_numbers,
        attention_numbers=n_layer * 2 * shape.n_head * shape.head,
    )


def _type_speed(each: TypePace, overheads: Overheads) -> TypeSpeed:
    load = _load(WIDE, each.n_layer)
    size = _bytes(load.n_weights, quantization(each.name))
    fixed = load.n_steps * overheads.step_s
    n_prompt = each.pace.n_prompt
    between = n_prompt * load.prompt_numbers * overheads.activation_s
    return TypeSpeed(
        each.name,
        size / _rest(each.pace.step_s, fixed, _LEAST_OF_STEP),
        2 * load.prompt_weights * n_prompt / _rest(each.pace.prompt_s, fixed + between, _LEAST_OF_PROMPT),
        overheads.device,
        size / _rest(each.pace.few_step_s, fixed, _LEAST_OF_STEP),
    )


def _overheads(paces: DevicePaces, speed: TypeSpeed, known: Overheads) -> Overheads:
    narrow, load = paces.narrow, _load(NARROW, paces.n_narrow_layer)
    n_fill = narrow.n_fill
    size = _bytes(load.n_weights, quantization(speed.name))
    step_s = max(0.0, narrow.step_s - size / speed.generation_bytes_per_s) / load.n_steps
    seen = load.attention_numbers * 2 * n_fill
    prompt_seen = load.attention_numbers * n_fill * n_fill  # each of the tokens looks at so many more
    prompt_attention_s = max(0.0, narrow.next_prompt_s - narrow.prompt_s) / prompt_seen
    flops_s = 2 * load.prompt_weights * n_fill / speed.prompt_flops_per_s
    rest = narrow.prompt_s - flops_s - load.n_steps * step_s - prompt_attention_s * prompt_seen / 2
    return Overheads(
        known.device,
        step_s,
        max(0.0, rest) / (n_fill * load.prompt_numbers),
        max(0.0, narrow.filled_step_s - narrow.step_s) / seen,
        prompt_attention_s,
    )


def _with_short(speed: TypeSpeed, each: TypePace | None, overheads: Overheads) -> TypeSpeed:
    """The speed of a type with that of several replies on short rows, where these were timed."""
    if each is None:
        return speed
    load = _load(MIDDLE, each.n_layer)
    size = _bytes(load.n_weights, quantization(each.name))
    rate = size / _rest(each.pace.few_step_s, load.n_steps * overheads.step_s, _LEAST_OF_STEP)
    return replace(speed, short_few_bytes_per_s=_believed(rate, speed.few_bytes_per_s))


def _with_experts(speed: TypeSpeed, each: TypePace | None, overheads: Overheads) -> TypeSpeed:
    """The speed of a type with that of its experts, where these were timed."""
    if each is None:
        return speed
    load, kind = _load(EXPERTS, each.n_layer), quantization(each.name)
    fixed = load.n_steps * overheads.step_s
    n_prompt = each.pace.n_prompt
    between = n_prompt * load.prompt_numbers * overheads.activation_s
    dense_s = _bytes(load.prompt_weights, kind) / speed.generation_bytes_per_s
    dense_prompt_s = 2 * load.prompt_weights * n_prompt / speed.prompt_flops_per_s
    read = _bytes(load.n_weights - load.prompt_weights, kind)
    multiplied = 2 * load.prompt_expert_weights * n_prompt
    bytes_per_s = read / _rest(each.pace.step_s, fixed + dense_s, _LEAST_OF_EXPERTS)
    flops_per_s = multiplied / _rest(each.pace.prompt_s, fixed + between + dense_prompt_s, _LEAST_OF_EXPERTS)
    return replace(
        speed,
        expert_bytes_per_s=_believed(bytes_per_s, speed.generation_bytes_per_s),
        expert_flops_per_s=_believed(flops_per_s, speed.prompt_flops_per_s),
    )


def _believed(of_experts: float, of_all: float) -> float:
    """Experts are never faster than whole matrices; much slower, and it was a disturbance."""
    return max(_LEAST_OF_ALL * of_all, min(of_experts, of_all))


def _rest(whole_s: float, fixed_s: float, least_part: float) -> float:
    return max(least_part * whole_s, whole_s - fixed_s)


def _bytes(n_weights: int, kind: Quantization) -> float:
    return n_weights / kind.block_weights * kind.block_bytes
