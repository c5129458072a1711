# SPDX-License-Identifier: MIT
# Flags of every build: the language, warnings as errors, hardening, and
# -ffp-contract=off so that the same log gives the same bytes on every CPU.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, RelWithDebInfo, Release or MinSizeRel" FORCE)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

add_compile_definitions(_POSIX_C_SOURCE=200809L)
# What must not be used does not compile.
add_compile_options("SHELL:-include \"${PROJECT_SOURCE_DIR}/lib/base/banned.h\"")
add_compile_options(
  -Wall -Wextra -Werror -Wformat=2 -Werror=format-security -Wshadow -Wconversion
  -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wimplicit-fallthrough
  -Wdouble-promotion -Wnull-dereference
  -ffp-contract=off -fno-strict-aliasing -fno-delete-null-pointer-checks
  -fstack-protector-strong -fexceptions)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wlogical-op -Wduplicated-cond -Wtrampolines -fstack-clash-protection)
  # gcc 12 sees null dereferences that its own optimiser made up below -O2.
  add_compile_options($<$<CONFIG:Debug>:-Wno-null-dereference>)
endif()
# Of every optimised build; a Debug build is to show what is wrong, not to live with it.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  include(CheckCCompilerFlag)
  check_c_compiler_flag(-ftrivial-auto-var-init=zero ABSA_ZERO_INIT)
  if(ABSA_ZERO_INIT)
    add_compile_options(-ftrivial-auto-var-init=zero)
  endif()
endif()
if(CMAKE_C_FLAGS MATCHES "-fanalyzer")
  # gcc 12 loses track of what is stored behind a pointer and calls it leaked;
  # LeakSanitizer (the asan preset) tells for certain.
  add_compile_options(-Wno-analyzer-malloc-leak -Wno-analyzer-file-leak)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-fcf-protection=full)
endif()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)
include(CheckPIESupported)
check_pie_supported()
