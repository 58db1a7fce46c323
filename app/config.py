"""Settings that a deployment chooses by environment. Knows nothing of projects or people."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Every setting, read from `CUSP_…` variables. `docs/operations.md` lists them all."""

    model_config = SettingsConfigDict(env_prefix="CUSP_", frozen=True, populate_by_name=True)

    #: Folder of everything that the embedded default keeps: databases, artifacts, locks.
    data: Path = Path("var")
    #: SQLAlchemy URL; empty means SQLite in the data folder.
    database_url: str = ""
    #: fsspec URL of images, arrays and checkpoints; empty means a folder in the data folder.
    artifacts_url: str = ""

    host: str = "127.0.0.1"
    port: int = Field(8000, validation_alias=AliasChoices("CUSP_PORT", "PORT"), ge=1, le=65535)
    #: What people type to reach the server; used in links. Empty means http://host:port.
    public_url: str = ""
    #: Names besides `host` and `public_url` that a request may come in for, comma-separated.
    allowed_hosts: str = ""
    #: The path under which a proxy serves Cusp, such as `/cusp`.
    root_path: str = ""

    session_days: int = Field(14, ge=1, le=365)
    sign_in_link_hours: int = Field(24, ge=1, le=168)
    #: Failed sign-ins per account and per address within 15 minutes before a pause.
    sign_in_attempts: int = Field(10, ge=3, le=1000)

    #: One uploaded file, and everything inside one archive after unpacking.
    upload_limit_bytes: int = Field(2 * 1024**3, ge=1024)
    #: One image, before it is scaled to the project's working size.
    image_limit_pixels: int = Field(50_000_000, ge=64)
    image_limit_bytes: int = Field(50 * 1024**2, ge=1024)
    #: Images in one import.
    import_limit_images: int = Field(1_000_000, ge=1)
    #: Folders of this server that admins may import from over REST, comma-separated.
    import_roots: str = ""

    #: `auto`, `cpu`, `cuda` or `mps`.
    device: str = Field("auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")
    #: Threads that one stage may use; 0 leaves the choice to torch.
    threads: int = Field(1, ge=0, le=256)
    #: How often a stage is tried before it counts as failed.
    stage_attempts: int = Field(3, ge=1, le=20)
    #: Days for which the engine keeps the history of finished stages.
    stage_history_days: int = Field(7, ge=1, le=3650)
    log_level: str = Field("info", pattern=r"(?i)^(debug|info|warning|error|critical)$")

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.data / 'cusp.sqlite').resolve()}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the embedded database is in use."""
        return self.database.startswith("sqlite")

    @property
    def engine_database(self) -> str:
        """Where the engine keeps its queue: a file of its own, or a schema of its own."""
        if self.on_sqlite:
            return f"sqlite:///{(self.data / 'engine.sqlite').resolve()}"
        return self.database

    @property
    def artifacts(self) -> str:
        """The artifact store's URL, with the default filled in."""
        return self.artifacts_url or str((self.data / "artifacts").resolve())

    @property
    def import_folders(self) -> tuple[Path, ...]:
        """The folders of `import_roots`, resolved."""
        names = [name.strip() for name in self.import_roots.split(",")]
        return tuple(Path(name).resolve() for name in names if name)

    @property
    def base_url(self) -> str:
        """What people type to reach the server, without a slash at the end."""
        address = self.public_url or f"http://{self.host}:{self.port}{self.root_path}"
        return address.rstrip("/")


@lru_cache
def config() -> Config:
    """Read the environment once."""
    return Config()
