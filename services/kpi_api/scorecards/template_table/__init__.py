"""Templates as a table to change in a spreadsheet and bring back, as CSV or XLSX, with a preview of what would change.

- `table`      templates written as rows, and rows read as templates
- `importing`  compared with what stands there now, told in words, and written
"""
