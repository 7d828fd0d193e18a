"""What it all adds up to. Reads every floor; records no fact."""
