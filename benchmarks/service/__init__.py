"""The service: its starts, its requests, its stream, its layer, and all of it on the emulator."""
