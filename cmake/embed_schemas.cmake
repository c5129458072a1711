# SPDX-License-Identifier: MIT
# cmake -DDIR=schemas -DOUT=file.c -P embed_schemas.cmake
# Writes a C table of schemas/ids and the texts that it names. A line of ids is
# "<id> <name>": the text is <name>.avsc, the record what stands before a dot.
file(STRINGS "${DIR}/ids" lines REGEX "^[0-9]")
set(texts "")
set(rows "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^([0-9]+) +(([a-z]+)(\\.[0-9]+)?)$")
    message(FATAL_ERROR "schemas/ids: cannot read '${line}'")
  endif()
  set(id "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  set(record "${CMAKE_MATCH_3}")
  file(READ "${DIR}/${name}.avsc" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  string(APPEND texts "static const char schema_${id}[] =\n    \"${text}\";\n\n")
  string(APPEND rows "    { ${id}, \"${record}\", { schema_${id}, sizeof(schema_${id}) - 1 } },\n")
endforeach()
file(WRITE "${OUT}" "/* SPDX-License-Identifier: MIT */\n/* Generated from schemas/ids. */\n"
  "#include \"wire/builtin.h\"\n\n${texts}"
  "const struct wire_builtin wire_builtins[] = {\n${rows}};\n"
  "const size_t wire_builtins_n = sizeof(wire_builtins) / sizeof(wire_builtins[0]);\n")
