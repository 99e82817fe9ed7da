"""Every setting, declared once: name, type, default, range, one line of help.

`SettingsStore` loads and saves them as TOML. Nothing but `services` and the faces reads settings:
every other part receives plain values.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from desktop_llm.durable import write_durably
from desktop_llm.errors import SettingsError

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its type is its default's. `low` and `high` bound numbers, `choices` texts.

    `place` is the page of the window that has its control: "settings", "api", "monitor", "tokens", or "" for none.
    """

    name: str
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    place: str = "settings"

    def check(self, value: object) -> Value:
        """The value in this setting's type. Raises SettingsError when it has another or is out of range."""
        if isinstance(self.default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(self.default) or not isinstance(value, str | int | float | bool):
            raise SettingsError(
                "The setting {name} must be of type {kind}.", name=self.name, kind=type(self.default).__name__
            )
        if self.choices and value not in self.choices:
            raise SettingsError(
                "The setting {name} must be one of {choices}.", name=self.name, choices=", ".join(self.choices)
            )
        if isinstance(value, int | float) and not isinstance(value, bool) and not self._is_in_range(value):
            raise SettingsError(
                "The setting {name} must be from {low} to {high}.", name=self.name, low=self.low, high=self.high
            )
        return value

    def _is_in_range(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


_SERVER: tuple[Setting, ...] = (
    Setting("server_enabled", False, "Offer the models to other programs (the local API).", place="api"),
    Setting("server_host", "127.0.0.1", "The IP address the API listens on.", place="api"),
    Setting("server_port", 8642, "The port the API listens on.", low=1, high=65535, place="api"),
    Setting(
        "server_socket", "", "A Unix socket to listen on instead of a port: its path. Not on Windows.", place="api"
    ),
    Setting("server_hosts", "", "Names by which other computers ask for this one, with commas between.", place="api"),
    Setting(
        "server_origins",
        "",
        "Web pages that may use the API, as https://app.example, with commas between.",
        place="api",
    ),
    Setting("server_tls", False, "Encrypt the API (TLS); needed for other computers.", place="api"),
    Setting("server_certificate", "", "File of the API's own certificate (PEM); empty: one is made.", place="api"),
    Setting("server_certificate_key", "", "File of that certificate's private key (PEM).", place="api"),
    Setting("server_models", "", "Models the API offers, with commas between; empty for all.", place="api"),
    Setting(
        "server_aliases",
        "",
        "Further names for models, as gpt-4o=Qwen3-8B, with commas between.",
        place="api",
    ),
    Setting("server_connections", 64, "Requests the API serves at once.", low=1, high=512, place="api"),
    Setting("server_queue", 16, "Requests that may wait for a model.", low=0, high=512, place="api"),
    Setting(
        "server_idle_minutes",
        30,
        "Unload a model that the API has not used for so long; -1 for never.",
        low=-1,
        high=10_080,
        place="api",
    ),
)

_MONITOR: tuple[Setting, ...] = (
    Setting("alerts_enabled", True, "Notify of what needs attention on this computer.", place="monitor"),
    Setting(
        "alert_memory", 0.85, "Notify when so much of the RAM is used; 0 for never.", low=0.0, high=1.0, place="monitor"
    ),
    Setting(
        "alert_gpu", 0.9, "Notify when a GPU is so busy for long; 0 for never.", low=0.0, high=1.0, place="monitor"
    ),
    Setting("alert_gpu_minutes", 3.0, "How long that is.", low=0.0, high=1440.0, place="monitor"),
    Setting(
        "alert_temperature_c",
        90.0,
        "Notify when a processor is hotter, in °C; 0 for never.",
        low=0.0,
        high=150.0,
        place="monitor",
    ),
    Setting("alert_slow_replies", True, "Notify when replies are slower than min_tokens_per_s.", place="monitor"),
    Setting(
        "alert_disk_gb",
        5.0,
        "Notify when less is free where models are kept, in GB; 0 for never.",
        low=0.0,
        high=100_000.0,
        place="monitor",
    ),
    Setting("alert_downloads", True, "Notify when a download fails.", place="monitor"),
    Setting("quiet_from", "", "No notifications from this time of day on, as 22:00; empty for never.", place="monitor"),
    Setting("quiet_until", "", "Until when, as 07:00.", place="monitor"),
)

_TOKENS: tuple[Setting, ...] = (
    Setting("tokenizer", "", "The tokenizer of the Tokens page: a name or a path.", place="tokens"),
    Setting(
        "token_context", 4096, "The context that texts are held against, in tokens.", 1, 10_000_000, place="tokens"
    ),
    Setting(
        "compared_tokenizers",
        "starter, phi-3, qwen2, o200k_base",
        "Tokenizers that are compared, two to six with commas between.",
        place="tokens",
    ),
    Setting("token_price", 0.0, "What a million tokens cost, in any currency; 0 for nothing.", 0, 1e6, place="tokens"),
)

SETTINGS: tuple[Setting, ...] = (
    Setting("language", "system", "Language of the window.", choices=("system", "en", "es")),
    Setting("theme", "system", "Colours of the window.", choices=("system", "light", "dark", "high-contrast")),
    Setting("model", "", "The model to load at start: a name or a path; empty for the built-in one."),
    Setting("models_folder", "", "Where models are kept, from the next start on; empty for the usual place."),
    Setting("load_at_start", True, "Load the model when the window opens."),
    Setting("context_tokens", 0, "Context in tokens; 0 lets the app choose.", low=0, high=1_048_576),
    Setting("parallel_requests", 4, "How many replies can be written at once.", low=1, high=16),
    Setting("threads", 0, "CPU threads for the model; 0 lets the app choose.", low=0, high=512),
    Setting("gpu_layers", -1, "Layers on the GPU; -1 for all that fit.", low=-1, high=10_000),
    Setting("kv_cache_type", "f16", "Number format of the conversation's memory.", choices=("f16", "q8_0")),
    Setting(
        "context_overflow",
        "drop_oldest",
        "When a conversation outgrows the context: refuse, stop the reply at its end, or drop the oldest turns.",
        choices=("refuse", "stop", "drop_oldest"),
    ),
    Setting("system_prompt", "", "Instructions for every new conversation."),
    Setting("temperature", 0.8, "0 always takes the likeliest word; higher is freer.", low=0.0, high=5.0),
    Setting("max_tokens", 0, "Longest reply in tokens; 0 for no limit but the context.", low=0, high=1_048_576),
    Setting(
        "seed",
        -1,
        "Fixed random seed for replies that can be repeated; -1 for a new one each time.",
        low=-1,
        high=2**31 - 1,
    ),
    Setting("record_confidence", True, "Record how likely each token of a reply was, while it is written."),
    Setting("min_tokens_per_s", 5.0, "Slower models are not recommended; tokens a second.", low=0.0, high=1000.0),
    Setting("offline", False, "Reach nothing outside this computer."),
    Setting("hub_endpoint", "https://huggingface.co", "Where models are searched and fetched: the hub or a mirror."),
    Setting("proxy", "", "Address of the proxy, as http://proxy:3128; empty for the system's, none for no proxy."),
    Setting("proxy_user", "", "User name at the proxy; its password lies in the system's keychain."),
    Setting("proxy_exceptions", "", "Hosts that are reached without the proxy, with commas between."),
    Setting("ca_file", "", "File of certificates (PEM) to trust beside the system's."),
    Setting(
        "download_limit_mb_per_s",
        0.0,
        "How fast all downloads together may be, in MB a second; 0 for no limit.",
        low=0.0,
        high=10_000.0,
    ),
    *_SERVER,
    *_MONITOR,
    *_TOKENS,
    Setting("window_geometry", "", "Where the window was, as Qt saves it (base64).", place=""),
    Setting("side_bar_collapsed", False, "Show only icons in the side bar.", place=""),
    Setting("conversation_list_visible", True, "Show the list of conversations.", place=""),
)


class SettingsStore:
    """The settings of this user. Any thread may read and write; each write is saved at once."""

    def __init__(self, path: Path, declared: tuple[Setting, ...] = SETTINGS) -> None:
        """Load `path` if it exists. A broken file is kept aside and reported by `problem`, never fatal."""
        self._path = path
        self._declared = {setting.name: setting for setting in declared}
        self._values: dict[str, Value] = {}
        self._lock = threading.Lock()
        self.problem: SettingsError | None = None
        self._load()

    @property
    def declared(self) -> tuple[Setting, ...]:
        """Every setting there is."""
        return tuple(self._declared.values())

    def text(self, name: str) -> str:
        """A text setting's value."""
        value = self.get(name)
        assert isinstance(value, str), name
        return value

    def number(self, name: str) -> int:
        """A whole-number setting's value."""
        value = self.get(name)
        assert isinstance(value, int), name
        return value

    def real(self, name: str) -> float:
        """A real-number setting's value."""
        value = self.get(name)
        assert isinstance(value, float), name
        return value

    def flag(self, name: str) -> bool:
        """A yes-or-no setting's value."""
        value = self.get(name)
        assert isinstance(value, bool), name
        return value

    def get(self, name: str) -> Value:
        """A value, or its default. Raises SettingsError for an unknown name."""
        setting = self._find(name)
        with self._lock:
            return self._values.get(name, setting.default)

    def set(self, name: str, value: Value) -> None:
        """Check, keep and save a value. Raises SettingsError (also when the file cannot be written)."""
        checked = self._find(name).check(value)
        with self._lock:
            self._values[name] = checked
            self._save()

    def _find(self, name: str) -> Setting:
        setting = self._declared.get(name)
        if setting is None:
            raise SettingsError("There is no setting named {name}.", name=name)
        return setting

    def _load(self) -> None:
        if not self._path.exists():
            return
        import tomllib  # the window's first picture waits for this: only when there is something to read

        try:
            with self._path.open("rb") as file:
                stored = tomllib.load(file)
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self._set_aside(error)
            return
        for name, value in stored.items():
            setting = self._declared.get(name)
            if setting is None:
                continue  # of a newer version
            try:
                self._values[name] = setting.check(value)
            except SettingsError as error:
                self.problem = error

    def _set_aside(self, error: Exception) -> None:
        aside = self._path.with_suffix(".broken.toml")
        try:
            self._path.replace(aside)
        except OSError:
            aside = self._path
        self.problem = SettingsError(
            "The settings file could not be read, so the defaults are used; the file is kept as {path}.", path=aside
        )
        self.problem.__cause__ = error

    def _save(self) -> None:
        """Write to a neighbour, then replace: a full disk or a kill leaves the old file whole."""
        import tomli_w

        content = tomli_w.dumps(dict(sorted(self._values.items())))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._path, content.encode())
        except OSError as error:
            raise SettingsError("The settings could not be saved to {path}.", path=self._path) from error
