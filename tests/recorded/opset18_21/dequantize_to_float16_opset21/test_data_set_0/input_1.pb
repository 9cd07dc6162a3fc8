
Bx1J%