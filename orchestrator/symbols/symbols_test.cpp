#include <doctest/doctest.h>
#include <fmt/format.h>

#include "symbols/decoder.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
using namespace kproof::symbols;
namespace fs = std::filesystem;

TEST_CASE("a frame is found behind whatever a console prints before it") {
  const auto ref = find_frame_ref("[   12.3][  T12]  ? kvm_zap_rmapp.isra.0+0x31/0x60 [kvm 12ab]");
  REQUIRE(ref);
  CHECK(ref->function == "kvm_zap_rmapp.isra.0");
  CHECK(ref->offset == 0x31);
  CHECK(ref->size == 0x60);
  CHECK(ref->module == "kvm");
  CHECK_FALSE(ref->exact);
  CHECK(find_frame_ref("RIP: 0010:pte_list_remove+0x55/0x1d0 [kvm]")->exact);
  CHECK(find_frame_ref("pc : f+0x4/0x8")->exact);
}

TEST_CASE("what is no frame is none") {
  for (const char* line : {"", "a+0x", "+0x1/0x2", "f+0x1", "f+0x1/", "f+0xzz/0x2", "1 + 0x1/0x2",
                           "f+0x11112222333344445555/0x1"})
    CHECK_FALSE(find_frame_ref(line));
}

// Compiles testdata/traced.c; `flags` after the usual ones.
static std::string compile(const fs::path& to, const std::vector<std::string>& flags) {
  std::vector<std::string> argv{"cc", "-O2", "-o", to.string(),
                                KPROOF_TEST_DIR "/testdata/traced.c"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  const auto result = util::run({.argv = argv});
  REQUIRE_MESSAGE(result.exit_code == 0, result.err);
  return to.string();
}

static std::string vmlinux(const fs::path& dir) {
  return compile(dir / "vmlinux", {"-g", "-nostdlib", "-static", "-fno-pie", "-no-pie"});
}

// "change_protection+0x<offset>/0x<size>" with the size that the compiler gave it.
static std::string frame(const std::string& file, unsigned offset) {
  const auto result = util::run({.argv = {"nm", "-S", file}});
  const std::size_t line = result.out.find(" T change_protection");
  REQUIRE(line != std::string::npos);
  const auto size = std::stoul(result.out.substr(line - 16, 16), nullptr, 16);
  return fmt::format("change_protection+{:#x}/{:#x}", offset, size);
}

TEST_CASE("a frame becomes function, file and line, with who inlined it") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  Decoder decoder(file);
  CHECK(decoder.notes().empty());
  bool inlined = false;
  for (unsigned offset = 0; offset < 16 && !inlined; ++offset) {
    const auto candidates = decoder.decode("RIP: 0010:" + frame(file, offset));
    REQUIRE(candidates.size() == 1);
    const Places& places = candidates.front();
    inlined = places.size() == 3;
    if (!inlined) continue;
    CHECK(places[0].function == "zap_leaf");
    CHECK(places[0].line == 6);
    CHECK(places[0].file.ends_with("testdata/traced.c"));
    CHECK(places[1].function == "zap_range");
    CHECK(places[1].line == 10);
    CHECK(places[2].function == "change_protection");
    CHECK(places[2].line == 14);
    CHECK(to_string(places).find("traced.c:10), inlined into change_protection (") !=
          std::string::npos);
  }
  CHECK(inlined);
}

TEST_CASE("files are named from the source tree on, wherever the kernel was built") {
  const util::ScratchDir scratch("kproof-symbols-");
  const fs::path source = scratch.path() / "linux/kernel/panic.c",
                 file = scratch.path() / "vmlinux";
  fs::create_directories(source.parent_path());
  util::write_file_atomically(source, "void panic(void) { for (;;); }\nvoid _start(void) {}\n");
  util::run_checked({.argv = {"cc", "-g", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-o",
                              file.string(), source.string()}});
  const auto nm = util::run({.argv = {"nm", "-S", file}}).out;
  const std::size_t line = nm.find(" T panic");
  REQUIRE(line != nm.npos);
  const auto size = std::stoul(nm.substr(line - 16, 16), nullptr, 16);
  const auto candidates = Decoder(file).decode(fmt::format("RIP: 0010:panic+0x0/{:#x}", size));
  REQUIRE(candidates.size() == 1);
  REQUIRE(candidates[0].size() == 1);
  CHECK(candidates[0][0].file == "kernel/panic.c");
}

TEST_CASE("a return address belongs to the call before it") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  Decoder decoder(file);
  const auto first = decoder.decode(" " + frame(file, 1));
  REQUIRE_FALSE(first.empty());
  CHECK(first[0].back().line == decoder.decode("RIP: 0010:" + frame(file, 0))[0].back().line);
}

TEST_CASE("an unknown function, a wrong size and an offset beyond the end name no place") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  Decoder decoder(file);
  CHECK(decoder.decode("no_such_function+0x1/0x10").empty());
  CHECK(decoder.decode("change_protection+0x1/0x9999").empty());
  CHECK(decoder.decode("change_protection+0x1/0x2").empty());
}

TEST_CASE("of an excerpt the lines that name functions are decoded, in their order") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  const auto lines =
      Decoder(file).decode_all("Call Trace:\n " + frame(file, 1) + "\n gone+0x1/0x2\n <TASK>\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].line == " " + frame(file, 1));
  CHECK(lines[0].candidates.at(0).back().function == "change_protection");
}

TEST_CASE("an address is a function and an offset, with the place; outside of all it is nothing") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  const auto nm = util::run({.argv = {"nm", file}}).out;
  const std::size_t line = nm.find(" T change_protection");
  REQUIRE(line != nm.npos);
  const auto address = std::stoull(nm.substr(line - 16, 16), nullptr, 16);
  Decoder decoder(file);
  const std::string text = decoder.describe(address + 1);
  CHECK(text.starts_with(frame(file, 1) + " ("));
  CHECK(text.find("traced.c:") != text.npos);
  CHECK(decoder.describe(0x1000).empty());
}

TEST_CASE("a module is found by the kernel's name of it, and is relocatable") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  fs::create_directories(fs::path(scratch.path()) / "kernel/arch");
  const std::string module =
      compile(fs::path(scratch.path()) / "kernel/arch/kvm-amd.ko", {"-g", "-c"});
  Decoder decoder(file, scratch.path());
  const auto candidates = decoder.decode(" " + frame(module, 1) + " [kvm_amd]");
  REQUIRE(candidates.size() == 1);
  const Places& places = candidates.front();
  CHECK(places.back().function == "change_protection");
  CHECK(places.back().line > 0);
  CHECK(decoder.decode(" " + frame(module, 1) + " [kvm]").empty());
  CHECK(decoder.notes() == std::set<std::string>{"module kvm was not given"});
}

TEST_CASE("without debug information the function is all, and that is said") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = compile(fs::path(scratch.path()) / "vmlinux",
                                   {"-nostdlib", "-static", "-fno-pie", "-no-pie"});
  Decoder decoder(file);
  CHECK(decoder.notes().count("vmlinux holds no debug information: no files and lines") == 1);
  const auto candidates = decoder.decode(" " + frame(file, 1));
  REQUIRE(candidates.size() == 1);
  const Places& places = candidates.front();
  REQUIRE(places.size() == 1);
  CHECK(places[0].function == "change_protection");
  CHECK(places[0].file.empty());
}

TEST_CASE("what is no ELF file, or is not there, is the user's mistake") {
  CHECK_THROWS_AS(Decoder("/etc/passwd"), ConfigError);
  CHECK_THROWS_AS(Decoder("/nonexistent"), ConfigError);
  CHECK_THROWS_AS(Decoder("/proc/self/exe", "/nonexistent"), ConfigError);
}

TEST_CASE("a module of another kernel is left out, and that is said") {
  const util::ScratchDir scratch("kproof-symbols-");
  const std::string file = vmlinux(scratch.path());
  const std::string module = compile(fs::path(scratch.path()) / "kvm.ko", {"-g", "-c"});
  util::write_file_atomically(scratch.path() / "modinfo",
                              std::string("vermagic=6.12.0 SMP \0", 21));
  util::run_checked({.argv = {"objcopy", "--add-section",
                              ".modinfo=" + (scratch.path() / "modinfo").string(), module}});
  Decoder decoder(file, scratch.path());
  decoder.expect_release("6.1.0");
  CHECK(decoder.decode(" " + frame(module, 1) + " [kvm]").empty());
  CHECK(decoder.notes() ==
        std::set<std::string>{"kvm.ko is of 6.12.0, and not 6.1.0: it is left out"});
}

TEST_CASE("static functions of one name and one size are all told, as faddr2line does") {
  const util::ScratchDir scratch("kproof-symbols-");
  const fs::path file = scratch.path() / "vmlinux";
  std::vector<std::string> argv{"cc",       "-g",      "-O1", "-nostdlib",  "-static",
                                "-fno-pie", "-no-pie", "-o",  file.string()};
  for (const char* name : {"one.c", "two.c"}) {
    argv.push_back((scratch.path() / name).string());
    util::write_file_atomically(
        argv.back(),
        fmt::format("static int __attribute__((noinline)) put(int x) {{ return x + 1; }}\n"
                    "int {}(int x) {{ return put(x); }}\n",
                    std::string_view(name).substr(0, 3)));
  }
  argv.push_back((scratch.path() / "start.c").string());
  util::write_file_atomically(argv.back(),
                              "int one(int); int two(int);\n"
                              "int _start(int x) { return one(x) + two(x); }\n");
  util::run_checked({.argv = argv});
  const auto nm = util::run({.argv = {"nm", "-S", file}}).out;
  const std::size_t line = nm.find(" t put");
  REQUIRE(line != nm.npos);
  REQUIRE(nm.find(" t put", line + 1) != nm.npos);
  const auto size = std::stoul(nm.substr(line - 16, 16), nullptr, 16);
  const auto candidates = Decoder(file).decode(fmt::format("RIP: 0010:put+0x0/{:#x}", size));
  REQUIRE(candidates.size() == 2);
  CHECK(candidates[0].back().file != candidates[1].back().file);
  const std::string text = to_string(candidates);
  CHECK(text.find("one.c:1), or put (") != text.npos);
  CHECK(text.ends_with("two.c:1): 2 functions of that name and size"));
}
