"""Chat templates of strangers, rendered in a sandbox that meters time and memory."""
