"""Small cells (小单元格): what a release tells, so that nobody is recognised by it."""
