"""Papers: what they say, how a template is filled and printed, how they are issued."""
