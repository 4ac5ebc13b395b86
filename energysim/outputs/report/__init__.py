"""The report: one page that a ministry can print, made of runs, of the standards and of what differs."""
