# SPDX-License-Identifier: MIT
# What a folder's CMakeLists.txt is written with.

# absa_library(NAME [PURE] [LINK libs...]): lib absa_NAME of every .c file here.
# PURE: below the line of ARCHITECTURE.md; tests/arch checks it with nm -u.
function(absa_library name)
  cmake_parse_arguments(A "PURE" "" "LINK;SOURCES" ${ARGN})
  if(NOT A_SOURCES)
    file(GLOB A_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")
  endif()
  add_library(absa_${name} STATIC ${A_SOURCES})
  target_include_directories(absa_${name} PUBLIC "${PROJECT_SOURCE_DIR}/lib"
                             "${PROJECT_SOURCE_DIR}")
  target_link_libraries(absa_${name} PUBLIC ${A_LINK})
  if(A_PURE)
    set_property(GLOBAL APPEND PROPERTY ABSA_PURE absa_${name})
  endif()
endfunction()

# Under ThreadSanitizer every executable brings threads that it understands.
set(ABSA_THREADS)
if(CMAKE_C_FLAGS MATCHES "-fsanitize=thread")
  add_library(tsan_threads OBJECT "${PROJECT_SOURCE_DIR}/tests/support/tsan_threads.c")
  set(ABSA_THREADS $<TARGET_OBJECTS:tsan_threads>)
endif()

# absa_program(NAME SOURCES ... LINK ...): an installed program in bin/.
function(absa_program name)
  cmake_parse_arguments(A "" "" "LINK;SOURCES" ${ARGN})
  add_executable(${name} ${A_SOURCES} ${ABSA_THREADS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${A_LINK})
  install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endfunction()

# How a test runs: what it is told, how long it may take, and whether anything may run beside it.
function(absa_test_runs test kind timeout)
  set_tests_properties(${test} PROPERTIES LABELS ${kind} TIMEOUT ${timeout} SKIP_RETURN_CODE 77
                       ENVIRONMENT "ABSA_SHARED=${PROJECT_SOURCE_DIR}/../shared;ABSA_BIN=${CMAKE_BINARY_DIR}/bin;ABSA_BUILD=${CMAKE_BINARY_DIR}")
  if(kind MATCHES "^(e2e|bench|chaos)$") # services and figures
    set_tests_properties(${test} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()

# absa_test(KIND NAME SOURCES ... LINK ... [TIMEOUT s]): a cmocka program, run by
# ctest as KIND/NAME with the label KIND. Runs in the source tree; ABSA_SHARED
# names the folder of shared test data (a test that misses it exits 77: skipped).
function(absa_test kind name)
  cmake_parse_arguments(A "" "TIMEOUT" "LINK;SOURCES" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 300)
  endif()
  set(target ${kind}_${name})
  add_executable(${target} ${A_SOURCES} ${ABSA_THREADS})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests"
                             "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${A_LINK} absa_test_support PkgConfig::CMOCKA)
  set_target_properties(${target} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${kind}/${name} COMMAND ${target} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  absa_test_runs(${kind}/${name} ${kind} ${A_TIMEOUT})
endfunction()

# absa_script_test(KIND NAME COMMAND ... [TIMEOUT s]): the same for a script.
function(absa_script_test kind name)
  cmake_parse_arguments(A "" "TIMEOUT" "COMMAND" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 900)
  endif()
  add_test(NAME ${kind}/${name} COMMAND ${A_COMMAND} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  absa_test_runs(${kind}/${name} ${kind} ${A_TIMEOUT})
endfunction()

# absa_fuzz(NAME SOURCES ... LINK ...): a libFuzzer target, built with -DFUZZ=ON;
# its corpus is tests/fuzz/corpus/NAME. Without FUZZ it is not built.
function(absa_fuzz name)
  cmake_parse_arguments(A "" "" "LINK;SOURCES" ${ARGN})
  if(NOT FUZZ)
    return()
  endif()
  add_executable(fuzz_${name} ${A_SOURCES})
  target_include_directories(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests"
                             "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_SOURCE_DIR}")
  target_compile_options(fuzz_${name} PRIVATE -Wno-missing-prototypes)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE ${A_LINK})
  set_target_properties(fuzz_${name} PROPERTIES
                        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
  set_property(GLOBAL APPEND PROPERTY ABSA_FUZZ fuzz_${name})
endfunction()
