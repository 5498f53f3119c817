-- Texts of resources may be packed from here on (zq_pack (), src/db/pack.h): a program that cannot open them must not
-- take this store. Those that are there stay as they are, and are read as before.
PRAGMA user_version = 5;
