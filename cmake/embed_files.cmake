# SPDX-License-Identifier: MIT
# cmake -DDIR=consumers/console/page -DOUT=file.c -P embed_files.cmake
# Writes the files of a page as bytes: a C table of path, type and content.
set(files "index.html" "console.css" "console.js" "chart.js" "icon.svg")
set(paths "/" "/console.css" "/console.js" "/chart.js" "/icon.svg")
set(bytes "")
set(rows "")
foreach(i RANGE 4)
  list(GET files ${i} file)
  list(GET paths ${i} path)
  file(READ "${DIR}/${file}" hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(APPEND bytes "static const unsigned char file_${i}[] = {\n${hex}\n};\n\n")
  if(file MATCHES "html$")
    set(type "text/html; charset=utf-8")
  elseif(file MATCHES "css$")
    set(type "text/css; charset=utf-8")
  elseif(file MATCHES "js$")
    set(type "text/javascript; charset=utf-8")
  else()
    set(type "image/svg+xml")
  endif()
  string(APPEND rows "    { \"${path}\", \"${type}\", { (const char *)file_${i}, sizeof(file_${i}) } },\n")
endforeach()
file(WRITE "${OUT}" "/* SPDX-License-Identifier: MIT */\n/* Generated from consumers/console/page. */\n"
  "#include \"consumers/console/inner.h\"\n\n${bytes}"
  "const struct asset console_assets[] = {\n${rows}};\n"
  "const size_t console_assets_n = sizeof(console_assets) / sizeof(console_assets[0]);\n")
