"""What this computer is doing, why, and how fast models are on it."""
