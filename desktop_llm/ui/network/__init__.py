"""What goes outside: the switch, the settings, the ledger."""
