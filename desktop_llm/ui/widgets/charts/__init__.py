"""Light charts in the theme's colours: values, painters for any device, and the widgets that show them.

`plots.py` says what is shown (no Qt), `line_painter.py` and `bar_painter.py` paint it with any QPainter, `LineChart`
and `BarChart` are the widgets, `export.py` writes PNG and SVG with the same painters.
"""
