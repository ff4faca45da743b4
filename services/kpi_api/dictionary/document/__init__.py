"""The dictionary as a document: a page to read and print, and a table to change in a spreadsheet and bring back."""
