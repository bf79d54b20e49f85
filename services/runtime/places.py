"""Where things are that do not depend on settings."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO_PARTNERSHIP = ROOT / "infra" / "demo" / "partnership.toml"
LOOPBACK = "127.0.0.1"
