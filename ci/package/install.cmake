# What `cmake --install` puts where, and the Debian package (the target `deb`).
#
# <prefix>/bin/kproof
#          lib/kproof/   its parts, where sweep/installation.hpp finds them from bin/; data in the same
#                        places as in the source, because plans name patches by relative paths
#          share/        man pages, completion, doc
# As one file for all targets, because nothing else is to know where things go.
get_property(case_targets GLOBAL PROPERTY KPROOF_CASE_TARGETS)

# All that runs a plan, and no tests; and what runs that of ci/quickstart.
add_custom_target(program DEPENDS kproof agent qemu-tied runtime-guard suite-runner ${case_targets})
file(STRINGS ${PROJECT_SOURCE_DIR}/ci/plans/quickstart.yaml quickstart_cases REGEX "^  - [a-z]+/[a-z0-9_]+$")
list(TRANSFORM quickstart_cases REPLACE "^  - ([a-z]+)/" "case_\\1_")
add_custom_target(quickstart DEPENDS kproof agent qemu-tied runtime-guard suite-runner ${quickstart_cases})

# Pages are made by the program, of the same words as --help.
set(man_pages ${PROJECT_BINARY_DIR}/share/man/man1)
add_custom_command(OUTPUT ${man_pages}/kproof.1.gz
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${man_pages}
  COMMAND kproof __man ${man_pages}
  COMMAND sh -c "gzip -9n ${man_pages}/*.1"
  DEPENDS kproof VERBATIM)
add_custom_target(man_pages ALL DEPENDS ${man_pages}/kproof.1.gz)

set(package_dir ${CMAKE_CURRENT_LIST_DIR})
set(changelog ${PROJECT_BINARY_DIR}/share/doc/changelog.gz)
add_custom_command(OUTPUT ${changelog}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/share/doc
  COMMAND sh -c "gzip -9nc ${package_dir}/changelog >${changelog}"
  DEPENDS ${package_dir}/changelog VERBATIM)
add_custom_target(changelog ALL DEPENDS ${changelog})

install(TARGETS kproof RUNTIME DESTINATION bin)
install(TARGETS agent qemu-tied runtime-guard suite-runner RUNTIME DESTINATION lib/kproof)
install(DIRECTORY ${KPROOF_LIBEXEC}/cases DESTINATION lib/kproof USE_SOURCE_PERMISSIONS)
install(DIRECTORY kconfigs DESTINATION lib/kproof)
install(DIRECTORY ci/plans DESTINATION lib/kproof/ci)
install(DIRECTORY testcases/seeded-bugs testcases/history DESTINATION lib/kproof/testcases)
install(FILES orchestrator/config/plan.schema.json DESTINATION lib/kproof/orchestrator/config)
install(FILES orchestrator/report/results.schema.json DESTINATION lib/kproof/orchestrator/report)
install(DIRECTORY ${man_pages} DESTINATION share/man)
set(completion orchestrator/cli/completion)
install(FILES ${completion}/kproof.bash DESTINATION share/bash-completion/completions RENAME kproof)
install(FILES ${completion}/_kproof DESTINATION share/zsh/vendor-completions)
install(FILES ${completion}/kproof.fish DESTINATION share/fish/vendor_completions.d)
install(FILES ${package_dir}/copyright ${changelog} DESTINATION share/doc/kproof)
# Pages link each other by relative paths.
foreach(page README.md CONTRIBUTING.md ci/README.md kconfigs/README.md testcases/README.md
    testcases/seeded-bugs/README.md testcases/history/README.md orchestrator/ARCHITECTURE.md orchestrator/agent/PROTOCOL.md
    orchestrator/config/PLAN.md orchestrator/history/HISTORY.md orchestrator/report/RESULTS.md
    orchestrator/run/HANGS.md orchestrator/series/SERIES.md orchestrator/slurm/MACHINES.md
    orchestrator/verdict/VERDICTS.md)
  get_filename_component(place ${page} DIRECTORY)
  install(FILES ${page} DESTINATION share/doc/kproof/${place})
endforeach()
install(FILES orchestrator/page/report.png DESTINATION share/doc/kproof/orchestrator/page)
install(FILES ${package_dir}/lintian-overrides DESTINATION share/lintian/overrides RENAME kproof)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kproof)
set(CPACK_PACKAGE_CONTACT "kproof maintainers <maintainers@kproof.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "integration tests for Linux kernel mm and KVM patches")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Boots kernels, patched or not, in QEMU guests through libvirt, nested ones too,
runs mprotect and device DAX stress programs inside, reads every console, and
gives a verdict that is proven.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What it runs: guests, apt and dpkg for kernels that are packages.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "qemu-system-x86, seabios, libvirt-daemon-driver-qemu, libvirt-daemon-system, apt, ca-certificates")
# What builds kernels, and applies patches to them.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
  "git, gcc, make, binutils, flex, bison, bc, libelf-dev, xz-utils, ccache")
include(CPack)

# Without the tests, which an installation does not need.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
add_custom_target(deb
  COMMAND ${CMAKE_CPACK_COMMAND} -G DEB
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR} DEPENDS program man_pages changelog USES_TERMINAL VERBATIM)
