"""JSON schemas as grammars in llama.cpp's GBNF: what such a grammar allows, the schema allows."""
