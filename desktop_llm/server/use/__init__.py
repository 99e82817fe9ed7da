"""Who is using it: the live list, the log, the counters, the waiting room."""
