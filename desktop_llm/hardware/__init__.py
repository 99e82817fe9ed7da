"""What this machine has, how fast it is, how busy it is."""
