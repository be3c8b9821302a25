"""The local stack without Docker: real servers as plain processes of this machine, one file per server."""
