# Faults of the host and of the user's input. Every test case is a ctest entry of its own, so that one
# that this machine cannot run is counted as skipped and says why, without hiding the others. One at a
# time, beside those with guests (CMakeLists.txt): what a run has left is told from what others
# have (leftovers.hpp). Their claims are their own: no test waits for what else runs on this machine.
file(GLOB host_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/host_*.cpp)
add_executable(e2e_host_test ${host_tests} ${CMAKE_CURRENT_SOURCE_DIR}/leftovers.cpp)
target_link_libraries(e2e_host_test PRIVATE
  kproof_util kproof_virt kproof_testkit nlohmann_json::nlohmann_json fmt::fmt)
target_compile_definitions(e2e_host_test PRIVATE
  KPROOF_TEST_DIR="${CMAKE_CURRENT_SOURCE_DIR}" KPROOF_PROGRAM="$<TARGET_FILE:kproof>")
add_dependencies(e2e_host_test kproof)
include(doctest)
# Each property has one value here: a list's `;` would make properties of its parts, and move all behind it.
doctest_discover_tests(e2e_host_test
  TEST_PREFIX "e2e.host."
  PROPERTIES LABELS e2e TIMEOUT 300 RESOURCE_LOCK host SKIP_REGULAR_EXPRESSION "SKIPPED: "
  ENVIRONMENT "KPROOF_CLAIMS=${CMAKE_CURRENT_BINARY_DIR}/claims-host"
  ENVIRONMENT_MODIFICATION "KPROOF_HISTORY=set:none")
