"""Release, plan, gates, promotion and the local emulators: what moves a release on."""

__version__ = "0.1.0"
