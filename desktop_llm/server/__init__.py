"""The HTTP API: other tools use this machine's models, safely. A face of the same services as the window."""
