Bx1JK
w