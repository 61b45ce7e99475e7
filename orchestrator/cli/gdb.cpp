// kproof gdb [DIR|CELL]: gdb on the kernel of a guest that runs or is paused.
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/doors.hpp"
#include "cli/from_outside.hpp"
#include "cli/streams.hpp"
#include "util/error.hpp"
#include "util/subprocess.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {
struct GdbOptions {
  std::string name;
  unsigned level = 1;
  bool from_outside = false;
  std::vector<std::string> arguments;
};
}  // namespace

// gdb would let a guest that was paused go on when it leaves (a detach); QEMU does nothing when
// only the connection ends.
static constexpr const char* kLeavePaused =
    "python\n"
    "import gdb\n"
    "def kproof_leave(event):\n"
    "  try: gdb.execute('disconnect', to_string=True)\n"
    "  except gdb.error: pass\n"
    "gdb.events.gdb_exiting.connect(kproof_leave)\n";

// Of its own stub. QEMU 7.2 (seen): TCG tells the KVM that it runs of no #BP of its guests, so the
// int3 that gdb puts there reaches the guest's kernel, which oopses; and the debug registers of a
// guest are never armed.
static constexpr const char* kNoBreakpoints =
    "kproof: L1 runs by TCG, whose KVM has no breakpoints for a guest inside: `hbreak` is never "
    "hit, and `break` makes that kernel oops. Registers, memory and Ctrl-C work; breakpoints do "
    "with --from-outside\n";

// Symbols, and the kernel's own commands where its tree has them built; says what there is not.
static std::vector<std::string> words_for(const json& kernel) {
  const std::string release = kernel.value("release", "");
  const fs::path vmlinux = kernel.value("vmlinux", "");
  if (vmlinux.empty()) {
    tell(
        fmt::format("kproof: no vmlinux with the symbols of {} is at hand: gdb knows addresses "
                    "only. Kernels from source and build trees have one; of a Debian kernel, "
                    "linux-image-{}-dbg. The guest's /proc/kallsyms names addresses\n",
                    release, release));
    return {"-ex", "set architecture i386:x86-64"};
  }
  if (!kernel.value("in_place", true))
    tell(
        "kproof: this kernel may have moved itself (KASLR), and gdb does not know by how much: "
        "boot it with `cmdline: [nokaslr]` in the plan's topology\n");
  std::vector<std::string> words{vmlinux};
  const fs::path tree = vmlinux.parent_path(), scripts = tree / "vmlinux-gdb.py";
  if (fs::exists(scripts))
    words.insert(words.end(), {"-iex", "add-auto-load-safe-path " + scripts.string(), "-iex",
                               "add-auto-load-safe-path " + tree.string()});
  else if (fs::exists(tree / "scripts/gdb"))
    tell(fmt::format("kproof: `make scripts_gdb` in {} gives gdb the kernel's lx- commands\n",
                     tree.string()));
  return words;
}

static void become(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  throw HostError(fmt::format("cannot run {}: {}", words[0], std::strerror(errno)));
}

// Behind -- all is gdb's; without a guest's name the first word of it was taken for one.
static void give_back_first_word(GdbOptions& options) {
  if (!options.name.starts_with('-')) return;
  options.arguments.insert(options.arguments.begin(), std::exchange(options.name, ""));
}

static int gdb(GdbOptions& options) {
  give_back_first_word(options);
  const std::string program = util::search_path("gdb");
  if (program.empty()) throw HostError("gdb is not installed", "apt-get install gdb");
  const Door door = find_door(options.name);
  const json& levels = door.state.at("levels");
  if (options.level < 1 || options.level > levels.size())
    throw ConfigError(fmt::format("--level {}: this guest has {}", options.level, levels.size()));
  if (options.from_outside) {
    options.level = 2;
    require_from_outside(door.state);
    tell(limits_from_outside(door.state));
  } else if (options.level > 1 && door.state.value("emulated", false)) {
    tell(kNoBreakpoints);
  }
  const unsigned stub = options.from_outside ? 1 : options.level;
  const Call call = cli::call(door.path, {{"do", "gdb"}, {"level", stub}});
  // A busy host, or an agent that relays, may take longer than gdb's two seconds.
  std::vector<std::string> words{program, "-q", "-iex", "set remotetimeout 60"};
  for (std::string& word : words_for(levels[options.level - 1]))
    words.push_back(std::move(word));
  words.insert(words.end(), {"-ex", "target remote " + call.answer.value("socket", "")});
  if (stub == 1 && door.state.value("state", "") == "paused")
    words.insert(words.end(), {"-iex", kLeavePaused});
  if (options.from_outside) words.insert(words.end(), {"-iex", stop_inside_only()});
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  // The call is its own now: when gdb ends, however it does, it hangs up.
  ::fcntl(call.fd.get(), F_SETFD, 0);
  become(words);
  return kHostFault;
}

void add_gdb(CommandLine& line) {
  Command command = line.add("gdb", "Debug the kernel of a guest that runs or is paused");
  const auto options = std::make_shared<GdbOptions>();
  command.value("GUEST", options->name,
                "the directory of a run, or the id of a cell or a part of it (default: the only "
                "guest that there is)");
  command.words("ARGUMENTS", options->arguments, "for gdb, behind --", Need::optional);
  command.number("--level", options->level, "2: the kernel of the guest inside that one");
  command.flag("--from-outside", options->from_outside,
               "level 2 from the stub of level 1: under TCG, where breakpoints work so only");
  command.excludes("--from-outside", "--level");
  command.footer(
      "gdb stops the guest, and its stub, in QEMU, is opened now: the guest was booted without. "
      "The vmlinux of the kernel is loaded where one is at hand, and the kernel's own gdb scripts "
      "(lx-ps, lx-dmesg) where `make scripts_gdb` was run beside it. A guest that was paused is "
      "paused again when gdb ends, and one that ran runs on; see `kproof attach` for pausing, and "
      "for what it means for the verdict. Of a guest inside, gdb stops that alone; the guest "
      "around it runs, also if it was paused, and its agent must answer. Breakpoints there need "
      "KVM on this host: under TCG `break` makes that kernel oops. There --from-outside has "
      "them: gdb has the symbols of level 2, stops all levels together, and lets level 1 go on "
      "where that comes to the same address; to see memory and backtraces it needs `mmu: shadow`.");
  command.example("kproof gdb", "the only guest that there is");
  command.example("kproof gdb dax_1g -- -batch -ex 'break do_mprotect_pkey' -ex continue -ex bt",
                  "without a terminal");
  command.example("kproof gdb nested --level 2 -- -ex 'info threads'", "a guest inside a guest");
  command.example("kproof gdb nested --from-outside -- -ex 'break do_mprotect_pkey'",
                  "a breakpoint there, under TCG");
  command.does([options] { return gdb(*options); });
}

}  // namespace kproof::cli
