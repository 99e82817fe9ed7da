"""What all APIs share between a request and the engine: wishes, sampling, the reply as events."""
