#include "image/host_program.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "image/host_qemu.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::image;

TEST_CASE("the loader's list names libraries by the path it would map, and the vDSO is none") {
  const auto paths = parse_loader_list(
      "\tlinux-vdso.so.1 (0x00007ffc0a5f2000)\n"
      "\tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f1f1a000000)\n"
      "\tlibours.so => /opt/a (b)/lib/libours.so (0x00007f1f19e00000)\n"
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f1f1a4d2000)\n",
      "/opt/tool");
  CHECK(paths == std::vector<fs::path>{"/lib/x86_64-linux-gnu/libz.so.1",
                                       "/opt/a (b)/lib/libours.so", "/lib64/ld-linux-x86-64.so.2"});
}

TEST_CASE("a library that the loader does not find is a host fault that names both") {
  CHECK_THROWS_WITH_AS(parse_loader_list("\tlibslirp.so.0 => not found\n", "/opt/tool"),
                       "a library of /opt/tool is missing: libslirp.so.0 => not found", HostError);
}

TEST_CASE("what is no ELF program is refused") {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "script", "#!/bin/sh\n");
  CHECK_THROWS_WITH_AS(host_program(dir.path() / "script"), doctest::Contains("not an ELF file"),
                       HostError);
}

// Runs it in a root that holds nothing else: what is missing there would be missing in a guest.
static util::CommandResult run_alone(const Files& files, std::vector<std::string> argv) {
  const util::ScratchDir root("kproof-test-");
  for (const auto& [inside, file] : files) {
    const fs::path copy = root.path() / fs::path(inside).relative_path();
    fs::create_directories(copy.parent_path());
    fs::copy_file(file, copy);
  }
  argv.insert(argv.begin(), {"unshare", "--map-root-user", "chroot", root.path().string()});
  return util::run({.argv = std::move(argv)});
}

TEST_CASE("a program runs where there is nothing but its closure") {
  const fs::path program = fs::canonical(util::search_path("ls"));
  const auto result = run_alone(host_program(program), {program.string(), "/"});
  CHECK_MESSAGE(result.ok(), result.err);
  CHECK(result.out == "etc\nlib\nlib64\nusr\n");
}

TEST_CASE("QEMU's directories of data are made plain") {
  CHECK(parse_data_directories("/usr/bin/../share/qemu\n/usr/bin/../share/seabios\n\n") ==
        std::vector<fs::path>{"/usr/share/qemu", "/usr/share/seabios"});
}

TEST_CASE("QEMU starts where there is nothing but its closure, and cannot be a TCG there") {
  const HostQemu qemu = host_qemu();
  for (const QemuData& data : qemu_data)
    CHECK_MESSAGE(std::any_of(qemu.files.begin(), qemu.files.end(),
                              [&](const auto& file) { return file.first.ends_with(data.name); }),
                  data.name);
  const auto version = run_alone(qemu.files, {qemu.program, "-version"});
  CHECK_MESSAGE(version.ok(), version.err);
  const auto refused = run_alone(
      qemu.files, {qemu.program, "-accel", "tcg", "-M", "q35", "-nodefaults", "-display", "none"});
  CHECK(!refused.ok());
  CHECK(refused.err.find("tcg-accel-ops") != std::string::npos);
}
