By0JB
B	t