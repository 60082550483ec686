"""The smoke test of the deployed ticket desk: a client's journey, over HTTP, leaving no trace.

`sam-app/verify` runs it. It travels in the release and imports neither Baton nor the application:
boto3 and the standard library are all it uses.
"""
