"""Attendance by list: the report of a meeting tool, or any sheet of names, is uploaded, checked row by row, then put into the register."""
