"""MachineWatch: what is known of this computer and which models suit it, looked up beside the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_llm.errors import AppError, MeasurementCancelledError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import Watch
from desktop_llm.models.recommend.ranking import Purpose, Recommendations, Wish
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: the computer, what was wished, and what suits both."""

    hardware: Hardware
    wish: Wish
    found: Recommendations


class MachineWatch(QObject):
    """Holds the last look. A newer one takes the place of one that is under way."""

    #: A look began or ended.
    changed = Signal()
    #: Measuring began, went on or ended.
    measuring = Signal()
    #: A look or a measurement failed; with its AppError.
    failed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = Background(self)
        self._looking: Job[Seen] | None = None
        self._measuring: Job[Hardware] | None = None
        self._was_begun = False
        self._seen: Seen | None = None
        self._purpose = Purpose.GENERAL

    @property
    def seen(self) -> Seen | None:
        """The last look; None before there was any."""
        return self._seen

    @property
    def purpose(self) -> Purpose:
        """What models are recommended for."""
        return self._purpose

    @property
    def is_looking(self) -> bool:
        """Whether a look is under way."""
        return self._looking is not None

    @property
    def is_measuring(self) -> bool:
        """Whether the speed is being measured."""
        return self._measuring is not None

    @property
    def is_stopping(self) -> bool:
        """Whether measuring was cancelled and has not ended yet."""
        return self._measuring is not None and self._measuring.is_cancelled()

    @property
    def fraction(self) -> float:
        """How far measuring is, 0 to 1."""
        return self._measuring.fraction if self._measuring is not None else 0.0

    def look(self) -> None:
        """Look at the computer anew, devices and all."""
        self._look(is_new=True)

    def look_quickly(self) -> None:
        """Look at what changes from moment to moment; at everything where nobody has looked yet."""
        self._look(is_new=False)

    def choose_purpose(self, purpose: Purpose) -> None:
        """Recommend for another purpose."""
        self._purpose = purpose
        self._look(is_new=False)

    def measure(self) -> None:
        """Measure the computer's speed; about 20 s."""
        if self._measuring is not None:
            return
        self._was_begun = True
        planner = self._services.planner
        self._measuring = self._background.run(
            lambda job: planner.measure(Watch(job.report, job.is_cancelled)),
            self._end_measuring,
            self._fail_measuring,
            lambda _fraction: self.measuring.emit(),
        )
        self.measuring.emit()

    def measure_first(self) -> None:
        """Measure the speed where that was never done, before anyone relies on a recommendation.

        Not again after it was cancelled or failed, and not while a reply is being written.
        """
        is_unknown = self._seen is not None and self._seen.hardware.measured is None
        if is_unknown and not self._was_begun and not self._services.engine.stats().n_running:
            self.measure()

    def cancel_measuring(self) -> None:
        """Stop measuring; what was known before stays."""
        if self._measuring is not None:
            self._measuring.cancel()
            self.measuring.emit()

    def _look(self, *, is_new: bool) -> None:
        if self._looking is not None:
            self._looking.forget()
        services = self._services
        planner = services.planner
        wish = Wish(self._purpose, services.settings.real("min_tokens_per_s"), services.load_params())

        def look(_job: Job[Seen]) -> Seen:
            if is_new:
                planner.look_again()
            found = planner.recommend(wish)
            return Seen(planner.hardware(), wish, found)

        self._looking = self._background.run(look, self._end_look, self._fail_look)
        self.changed.emit()

    def _end_look(self, seen: Seen) -> None:
        self._looking, self._seen = None, seen
        self.changed.emit()

    def _fail_look(self, error: AppError) -> None:
        self._looking = None
        self.changed.emit()
        self.failed.emit(error)

    def _end_measuring(self, _hardware: Hardware) -> None:
        self._measuring = None
        self.measuring.emit()
        self._look(is_new=False)

    def _fail_measuring(self, error: AppError) -> None:
        self._measuring = None
        self.measuring.emit()
        if not isinstance(error, MeasurementCancelledError):
            self.failed.emit(error)
