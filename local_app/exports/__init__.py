"""Export of lists to files that a spreadsheet opens: Russian headers, names instead of ids, roubles instead of kopecks."""
