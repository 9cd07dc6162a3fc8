Bx1J
XtåyhÚ?