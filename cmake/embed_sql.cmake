# SPDX-License-Identifier: MIT
# cmake -DDIR=schemas/sql -DOUT=file.c -P embed_sql.cmake
# Writes a C table of the migrations, NNN_name.sql, in their order.
file(GLOB paths "${DIR}/[0-9][0-9][0-9]_*.sql")
list(SORT paths)
set(texts "")
set(rows "")
set(want 1)
foreach(path IN LISTS paths)
  get_filename_component(name "${path}" NAME_WE)
  string(REGEX MATCH "^0*([1-9][0-9]*)_" ignored "${name}")
  set(version "${CMAKE_MATCH_1}")
  if(NOT version EQUAL want)
    message(FATAL_ERROR "schemas/sql: ${name} where number ${want} is due")
  endif()
  math(EXPR want "${want} + 1")
  file(READ "${path}" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  string(APPEND texts "static const char sql_${version}[] =\n    \"${text}\";\n\n")
  string(APPEND rows "    { ${version}, \"${name}\", sql_${version} },\n")
endforeach()
file(WRITE "${OUT}" "/* SPDX-License-Identifier: MIT */\n/* Generated from schemas/sql. */\n"
  "#include \"store/migrate.h\"\n\n${texts}"
  "const struct migration store_migrations[] = {\n${rows}};\n"
  "const size_t store_migrations_n = sizeof(store_migrations) / sizeof(store_migrations[0]);\n")
