"""Windows that begin with an event ("first 60 days after launch"), and the dates that targets get from a window and its calendar."""
