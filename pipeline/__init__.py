"""Release, plan, gates, promotion and the local emulators: what moves a release on."""
