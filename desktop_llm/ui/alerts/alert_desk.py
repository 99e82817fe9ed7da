"""AlertDesk: starts the watching of this computer, and tells its alerts to the desktop; lives with the window."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_llm.hardware.monitor.alerts import Alert
from desktop_llm.services import Services
from desktop_llm.ui.alerts.alert_text import alert_words
from desktop_llm.ui.alerts.bus_notices import Notice
from desktop_llm.ui.alerts.desktop_notices import DesktopNotices
from desktop_llm.ui.background import Background
from desktop_llm.ui.doorbell import Doorbell

_TRIAL = "trial"


class AlertDesk(QObject):
    """One a window; the pages come and go. Alerts are raised on the monitor's thread and told here."""

    #: The system shows no notifications: the window has to say it; with a Notice.
    banner_wanted = Signal(object)
    #: A notification was clicked.
    clicked = Signal()
    #: A notification to try it was asked for; with whether the system shows it.
    tried = Signal(bool)

    def __init__(
        self, services: Services, parent: QObject | None = None, notices: DesktopNotices | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._background = Background(self)
        self._raised: deque[Alert] = deque()
        self._bell = Doorbell(self)
        self._bell.answered.connect(self._tell)
        self._notices = DesktopNotices(self) if notices is None else notices
        self._notices.shown.connect(lambda notice: self._learn(notice, is_shown=True))
        self._notices.refused.connect(lambda notice: self._learn(notice, is_shown=False))
        self._notices.clicked.connect(self.clicked)
        self._is_started = False

    def start_later(self, delay_ms: int) -> None:
        """Begin to watch once the window has come to rest."""
        QTimer.singleShot(delay_ms, self, self.start)

    def start(self) -> None:
        """Begin to watch; what that needs is read beside this thread. Further calls do nothing."""
        if self._is_started:
            return
        self._is_started = True
        services, hear = self._services, self._hear

        def begin(_job: object) -> None:
            services.monitor.alerts.on_alert(hear)
            services.monitor.start()

        self._background.run(begin, lambda _nothing: None, lambda _error: None)

    def try_one(self) -> None:
        """Show a notification that says only that it works; `tried` follows."""
        self._notices.show(
            Notice(
                _TRIAL,
                self.tr("Notifications work"),
                self.tr("This is how Desktop LLM tells what needs attention."),
                self.tr("Open"),
            )
        )

    def close(self) -> None:
        """Tell nothing more."""
        self._bell.close()
        self._notices.close()

    def _hear(self, alert: Alert) -> None:
        """The monitor's thread."""
        self._raised.append(alert)
        self._bell.ring_threadsafe()

    def _tell(self) -> None:
        while self._raised:
            alert = self._raised.popleft()
            words = alert_words(alert)
            self._notices.show(Notice(alert.kind.value, words.title, words.body, self.tr("Open")))

    def _learn(self, notice: Notice, *, is_shown: bool) -> None:
        if notice.topic == _TRIAL:
            self.tried.emit(is_shown)
        elif not is_shown:
            self.banner_wanted.emit(notice)
