"""What laptop and hub both know: words, money, the log, the merge, the store."""
