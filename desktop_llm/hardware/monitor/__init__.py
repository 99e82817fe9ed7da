"""What this machine and the engine are doing, second by second, and what that means."""
