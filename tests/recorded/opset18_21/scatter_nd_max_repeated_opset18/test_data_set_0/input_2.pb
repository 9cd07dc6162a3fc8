Bx2J¾õk½fqL¾Zo
½