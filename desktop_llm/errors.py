"""The error family. `str(error)` is one sentence for the user: what happened, and what to do.

    AppError                       raised on purpose; never for our own bugs
      ModelError                   ModelNotFoundError(FileNotFoundError)  ModelFormatError: IncompleteHeaderError
                                   ModelTooLargeError  ModelLoadError: ModelTooSlowError  LoadCancelledError
                                   ChangedModelError  LibraryError  BundleError
      GenerationError              PromptTooLongError  TemplateError  GrammarError    (this request only)
      EngineError                  NoModelLoadedError  EngineDeadError                (every request)
      HardwareError                MeasurementCancelledError
      BenchError                   BenchStoppedError
      NetworkError                 OfflineError  HubError: GatedError, HubNotFoundError  DownloadError:
                                   WrongContentError, NoSpaceError(OSError), DownloadCancelledError
      KeychainError                a secret could not be kept
      ServerError                  PortInUseError  KeyNameError
      SettingsError
      UsageError                   a wrong command line
      ExportError(OSError)         a file that the user exports cannot be written
      OutputError(OSError)         the terminal, pipe or file of a command's result cannot be written

An error is made from a template and its values, so that the window can say it in the user's
language: `ModelNotFoundError("There is no file {path}.", path=path)`. `error.template` is the key
of the translation and `error.values` fills it; `str(error)` is the English sentence.
"""

from __future__ import annotations


class ByteCount(int):
    """Bytes among an error's values: shown as a size, in the window in the user's language."""

    def __str__(self) -> str:
        """In English, binary units as memory is sold by."""
        return f"{self / 2**30:.1f} GB" if self >= 2**30 else f"{max(1, round(self / 2**20))} MB"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class AppError(Exception):
    """The root: everything the app raises on purpose."""

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values) if values else template)
        self.template = template
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by template and values, so that an error survives the way out of a child process."""
        return _rebuild, (type(self), self.template, self.values)


def _rebuild(kind: type[AppError], template: str, values: dict[str, object]) -> AppError:
    return kind(template, **values)


class ModelError(AppError):
    """A model file cannot be used."""


class ModelNotFoundError(ModelError, FileNotFoundError):
    """There is no such file, or no model of that name."""


class ModelFormatError(ModelError, ValueError):
    """The file is not a GGUF model, or is broken, or asks for what this engine does not know."""


class IncompleteHeaderError(ModelFormatError):
    """Only the first bytes of a file are at hand, and its header goes on: fetch more of it."""

    @property
    def needed_bytes(self) -> int:
        """The least that the header takes, from the file's start; it may turn out to be more."""
        return int(str(self.values["needed_bytes"]))


class ModelTooLargeError(ModelError, MemoryError):
    """The model does not fit into this machine's memory."""


class ModelLoadError(ModelError):
    """The engine could not load a file that looked right."""


class ModelTooSlowError(ModelLoadError):
    """Trying a file took too long, which may be this machine's fault and not the file's."""


class LoadCancelledError(ModelError):
    """A load was cancelled: by the user, by a newer load, or because the app closes."""


class ChangedModelError(ModelError):
    """The file has other content than when it was recorded."""


class LibraryError(ModelError):
    """A model could not be taken into the library, or out of it."""


class BundleError(ModelError):
    """A bundle cannot be made, or must not be trusted."""


class GenerationError(AppError):
    """One request failed; the others go on."""


class PromptTooLongError(GenerationError, ValueError):
    """The prompt does not fit into the context, and the caller asked not to shorten it."""


class TemplateError(GenerationError, ValueError):
    """The model's chat template is wrong, refuses these messages, or asks for too much."""


class GrammarError(GenerationError, ValueError):
    """A grammar or JSON schema cannot be compiled."""


class EngineError(AppError):
    """No request can be served at the moment."""


class NoModelLoadedError(EngineError):
    """No model is loaded, or it was unloaded while it was replying."""


class EngineDeadError(EngineError):
    """The engine's thread ended unexpectedly: the model has to be loaded again."""


class HardwareError(AppError):
    """Something about this machine could not be found out."""


class MeasurementCancelledError(HardwareError):
    """The user cancelled the measuring of this machine's speed."""


class BenchError(AppError):
    """A benchmark could not be run, or what it found out says nothing."""


class BenchStoppedError(BenchError):
    """The user stopped a benchmark."""


class NetworkError(AppError):
    """Something outside this computer could not be reached, or must not be."""


class OfflineError(NetworkError):
    """Offline mode is on: nothing was tried."""


class HubError(NetworkError):
    """The hub answered something that cannot be used."""


class HubNotFoundError(HubError, LookupError):
    """The hub has no such repository, file or version."""


class GatedError(HubError, PermissionError):
    """The hub gives this only to who has accepted its licence and shows a token."""


class DownloadError(NetworkError):
    """A file could not be fetched; what is there already is kept for the next try."""


class WrongContentError(DownloadError):
    """What came is not what was promised: another size or another hash."""


class NoSpaceError(DownloadError, OSError):
    """The disk has too little room."""


class DownloadCancelledError(DownloadError):
    """The user cancelled a download, or paused it."""


class KeychainError(AppError):
    """The system's safe for secrets is missing, locked or refuses."""


class ServerError(AppError):
    """The local API cannot be offered as it is wanted."""


class PortInUseError(ServerError, OSError):
    """Another program listens there already."""


class KeyNameError(ServerError, ValueError):
    """A key of the API is named that cannot be, or is not there."""


class SettingsError(AppError, ValueError):
    """A setting has a wrong name, type or range, or its file cannot be read."""


class UsageError(AppError, ValueError):
    """A command line that cannot be understood; exit status 2."""


class ExportError(AppError, OSError):
    """A file that the user exports cannot be written."""


class OutputError(AppError, OSError):
    """What a command says cannot be written: a full disk, say."""
