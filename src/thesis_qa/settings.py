"""Settings: command line beats environment (THESIS_QA_…) beats thesis-qa.toml beats defaults."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import get_args, get_type_hints

from thesis_qa.errors import SettingError

FILE_NAME = "thesis-qa.toml"
PREFIX = "THESIS_QA_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set; docs/configuration.md explains each."""

    index: str = "index"
    documents: str = "documents"
    embedding: str = "bundled:multilingual-e5-small"
    top_k: int = 5
    rerank: str = "none"
    llm: str | None = None
    host: str = "127.0.0.1"
    port: int = 7860
    max_upload_mb: int = 200


def load_settings(
    given: Mapping[str, object], environment: Mapping[str, str], folder: Path
) -> Settings:
    """The settings in force: `given` on the command line, in `environment`, in a file in `folder`.

    Raises SettingError for an unknown name in the file or a value of the wrong kind.
    """
    names = {field.name for field in fields(Settings)}
    values: dict[str, object] = {}
    for name, value in _from_file(folder / FILE_NAME).items():
        if name not in names:
            known = ", ".join(sorted(names))
            raise SettingError(f"{FILE_NAME} has an unknown setting {name!r}", f"Known: {known}")
        values[name] = _typed(name, value, f"in {FILE_NAME}")
    for name in sorted(names):
        if (text := environment.get(PREFIX + name.upper())) is not None:
            values[name] = _typed(name, text, f"in {PREFIX}{name.upper()}")
    return Settings(**{**values, **given})  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(
            f"{path.name} can't be read ({error})", "Correct or remove it"
        ) from error


def _typed(name: str, value: object, where: str) -> object:
    """`value` as the setting's type; environment variables are text and are converted."""
    wanted = get_type_hints(Settings)[name]
    kind = next(t for t in (get_args(wanted) or (wanted,)) if t is not type(None))
    if kind is int and isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    elif type(value) is kind:
        return value
    raise SettingError(
        f"The setting {name} {where} is {value!r}", f"It must be of type {kind.__name__}"
    )
