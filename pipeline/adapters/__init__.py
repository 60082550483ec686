"""The edge: every tool and service the pipeline talks to, one file each."""
