"""What every page is made of: colours, numbers in words, small widgets."""
