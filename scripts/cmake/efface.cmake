# efface_library(NAME SOURCES ... [USES ...] [PRIVATE_LIBS ...]): one target per leaf folder.
# efface_test(NAME SOURCES ... USES ...): one GoogleTest program, its tests known to ctest one by one.
include(GoogleTest)

add_library(efface_flags INTERFACE)
target_compile_features(efface_flags INTERFACE cxx_std_20)
target_compile_options(efface_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
                       # Designated initializers leave out what has a default on purpose.
                       -Wno-missing-field-initializers
                       # GCC 12 sees overflows in std::string that are not there (its bugs 105329, 105651).
                       -Wno-error=array-bounds -Wno-error=restrict -Wno-error=stringop-overflow)
# -pthread everywhere: it defines a macro (re2 asks for it), and one precompiled header serves every target.
target_compile_options(efface_flags INTERFACE -pthread)
target_link_libraries(efface_flags INTERFACE Threads::Threads)
target_include_directories(efface_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(EFFACE_SANITIZE)
  target_compile_options(efface_flags INTERFACE -fsanitize=${EFFACE_SANITIZE} -fno-omit-frame-pointer
                                                -fno-sanitize-recover=all)
  if(EFFACE_SANITIZE STREQUAL "thread")
    # GCC 12 warns of Asio's fences, which the sanitizer does not see.
    target_compile_options(efface_flags INTERFACE -Wno-tsan)
  endif()
  target_link_options(efface_flags INTERFACE -fsanitize=${EFFACE_SANITIZE})
endif()

# The standard library, parsed once for every target.
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "// The precompiled header needs one source.\n")
add_library(efface_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_link_libraries(efface_precompiled PRIVATE efface_flags)
target_precompile_headers(efface_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/scripts/cmake/standard_library.h)

# The same with GoogleTest, for its programs: they are compiled often and run for a moment, so with little optimisation.
add_library(efface_test_flags INTERFACE)
target_link_libraries(efface_test_flags INTERFACE efface_flags GTest::gtest GTest::gmock)
target_compile_options(efface_test_flags INTERFACE -O1)
file(WRITE ${CMAKE_BINARY_DIR}/test_precompiled.cpp "// The precompiled header of the tests needs one source.\n")
add_library(efface_test_precompiled OBJECT ${CMAKE_BINARY_DIR}/test_precompiled.cpp)
target_link_libraries(efface_test_precompiled PRIVATE efface_test_flags)
target_precompile_headers(efface_test_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/scripts/cmake/test_library.h)

function(efface_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC efface_flags ${ARG_USES} PRIVATE ${ARG_PRIVATE_LIBS})
  target_precompile_headers(${name} REUSE_FROM efface_precompiled)
endfunction()

# What a user runs: every program but the helpers of tests and benches. The Makefile names this target alone, so a
# program that LibTorch's absence leaves out is missed by nobody, and one that is there cannot be forgotten.
add_custom_target(programs)

function(efface_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE_LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE efface_flags ${ARG_USES} ${ARG_PRIVATE_LIBS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  if(NOT CMAKE_CURRENT_SOURCE_DIR MATCHES "^${PROJECT_SOURCE_DIR}/tests(/|$)")
    add_dependencies(programs ${name})
  endif()
endfunction()

function(efface_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;USES;PRIVATE_LIBS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE efface_test_flags ${ARG_USES} ${ARG_PRIVATE_LIBS} GTest::gtest_main GTest::gmock)
  target_precompile_headers(${name} REUSE_FROM efface_test_precompiled)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
