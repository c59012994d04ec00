"""Messages: who gets them, what may be read for them, how they are written, sent and kept."""
