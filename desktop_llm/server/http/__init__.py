"""Bytes in and out: the socket, the protocol with its time-outs, bodies, streamed answers."""
