#include <doctest/doctest.h>
#include <elf.h>

#include "formats/compress.hpp"
#include "formats/decompress.hpp"
#include "formats/elf.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::formats;

static std::string packed_by(const std::vector<std::string>& tool, const std::string& plain) {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "x", plain);
  util::Command command{.argv = tool, .directory = dir.path()};
  command.argv.push_back("x");
  return util::run_checked(command);
}

TEST_CASE("what the kernel's build compresses with is read back") {
  std::string plain;
  for (int i = 0; i < 100000; ++i)
    plain += std::to_string(i * 7919);
  const std::vector<std::pair<std::string, std::vector<std::string>>> tools{
      {"gzip", {"gzip", "-nc"}},        {"bzip2", {"bzip2", "-c"}},
      {"lzma", {"lzma", "-c"}},         {"xz", {"xz", "--check=crc32", "--x86", "--lzma2", "-c"}},
      {"zstd", {"zstd", "-qc", "-19"}}, {"lz4", {"lz4", "-lqc"}},
  };
  for (const auto& [name, tool] : tools) {
    const std::string packed = packed_by(tool, plain);
    CHECK_MESSAGE(compression_of(packed) == name, name);
    const auto unpacked = decompress(packed);
    REQUIRE_MESSAGE(unpacked, name);
    CHECK_MESSAGE(*unpacked == plain, name);
  }
}

TEST_CASE("what is compressed here is read back, and is the same each time") {
  std::string plain("\0\xff", 2);
  for (int i = 0; i < 100000; ++i)
    plain += std::to_string(i * 7919);
  for (const std::string& text : {std::string("x"), plain}) {
    const std::string packed = gzip(text);
    CHECK(compression_of(packed) == "gzip");
    CHECK(packed == gzip(text));
    CHECK(packed.substr(4, 4) == std::string(4, '\0'));  // no time
    CHECK(decompress(packed) == text);
  }
  CHECK(gzip(plain).size() < plain.size() / 2);
}

TEST_CASE("a stream that is cut or changed is an error, and never shorter text") {
  const std::string packed = packed_by({"xz", "-c"}, std::string(100000, 'x') + "end");
  CHECK(!decompress(packed.substr(0, packed.size() / 2)));
  std::string changed = packed;
  changed[changed.size() / 2] ^= 0x55;
  CHECK(!decompress(changed));
  CHECK(!decompress("plain text"));
  CHECK(!decompress(""));
}

TEST_CASE("sections of an object file are found by name") {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "x.c",
                              "__attribute__((section(\".modinfo\"))) char a[] = \"depends=b\";\n");
  util::run_checked({.argv = {"gcc", "-c", "x.c"}, .directory = dir.path()});
  const auto elf = ElfFile::open(dir.path() / "x.o");
  REQUIRE(elf);
  CHECK(elf->machine() == EM_X86_64);
  CHECK(elf->relocatable());
  CHECK(elf->section(".modinfo") == std::string_view("depends=b\0", 10));
  CHECK(!elf->section(".nothing"));
  CHECK(!elf->has_note("Xen", 18));

  const auto copy = ElfFile::from_memory(util::read_file(dir.path() / "x.o"));
  REQUIRE(copy);
  CHECK(copy->section(".modinfo") == std::string_view("depends=b\0", 10));
}

TEST_CASE("a build ID outlives the stripping of a file") {
  const util::ScratchDir dir("kproof-test-");
  const auto id_of = [&dir](const char* name) {
    return ElfFile::open(dir.path() / name)->build_id();
  };
  util::write_file_atomically(dir.path() / "x.c", "void _start(void) {}\n");
  util::run_checked({.argv = {"gcc", "-nostdlib", "-Wl,--build-id=0xab01cd02", "-o", "x", "x.c"},
                     .directory = dir.path()});
  util::run_checked({.argv = {"strip", "-o", "stripped", "x"}, .directory = dir.path()});
  CHECK(id_of("x") == "ab01cd02");
  CHECK(id_of("stripped") == "ab01cd02");
  util::run_checked({.argv = {"gcc", "-c", "x.c"}, .directory = dir.path()});
  CHECK(id_of("x.o").empty());
}

TEST_CASE("what is no ELF file is told, and a missing one is the host's fault") {
  CHECK(!ElfFile::from_memory("hello, world"));
  CHECK(!ElfFile::from_memory(""));
  CHECK_THROWS_AS(ElfFile::open("/nonexistent/x"), HostError);
  CHECK(machine_name(EM_AARCH64) == "aarch64");
  CHECK(machine_name(9999) == "machine 9999");
}

TEST_CASE("a program names its dynamic loader") {
  const auto program = ElfFile::open("/proc/self/exe");
  REQUIRE(program);
  CHECK(program->interpreter().starts_with("/lib"));
  CHECK(program->interpreter().find("ld-linux") != std::string::npos);
}
