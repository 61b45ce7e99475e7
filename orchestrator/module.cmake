# kproof_module(<name> [HOT] [LINKS <module>...] [LIBS <target>...])
#
# One directory is one module is one namespace is one static library, kproof_<name>. LINKS names the
# modules it may use: a missing arrow fails at link time, and ci/check-includes compares them with the
# #include lines. HOT: it reads logs or calculates, and is worth -O2. Files *_test.cpp become one doctest
# program, the ctest `unit.<name>`.
#
# Sixteen files of a module are compiled as one (CMAKE_UNITY_BUILD of the preset), as their headers cost
# more than they do: a clean build takes half of the time. So names are a module's, also of what is
# static, whichever stand together: with -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 all do. The preset
# `files`, and those of the sanitizers, compile each by itself, which shows an #include that is missing.
function(kproof_module name)
  cmake_parse_arguments(arg "HOT" "" "LINKS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  add_library(kproof_${name} STATIC ${sources})
  target_include_directories(kproof_${name} PUBLIC ${PROJECT_SOURCE_DIR}/orchestrator)
  list(TRANSFORM arg_LINKS PREPEND kproof_)
  target_link_libraries(kproof_${name} PUBLIC kproof_host_flags ${arg_LINKS} ${arg_LIBS})
  if(NOT arg_HOT)
    target_link_libraries(kproof_${name} PRIVATE kproof_waiting_flags)
  endif()

  if(tests AND BUILD_TESTING)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE kproof_${name} kproof_testkit)
    # Behind `using namespace kproof` fmt's own compare() would be our namespace.
    set_target_properties(${name}_test PROPERTIES UNITY_BUILD_CODE_BEFORE_INCLUDE "#include <fmt/format.h>")
    target_compile_definitions(${name}_test PRIVATE
      KPROOF_TEST_DIR="${CMAKE_CURRENT_SOURCE_DIR}" KPROOF_BUILD_DIR="${PROJECT_BINARY_DIR}")
    add_test(NAME unit.${name} COMMAND ${name}_test)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()

# kproof_tests_run_cases(<name>): the module's tests run the real cases of testcases/, which are
# KPROOF_CASES ("mm/a mm/b"), below KPROOF_CASES_DIR.
function(kproof_tests_run_cases name)
  get_property(cases GLOBAL PROPERTY KPROOF_CASES)
  get_property(case_targets GLOBAL PROPERTY KPROOF_CASE_TARGETS)
  add_dependencies(${name}_test ${case_targets})
  string(REPLACE ";" " " cases "${cases}")
  target_compile_definitions(${name}_test PRIVATE
    KPROOF_CASES="${cases}" KPROOF_CASES_DIR="${KPROOF_LIBEXEC}/cases")
  target_link_libraries(${name}_test PRIVATE nlohmann_json::nlohmann_json)
endfunction()
