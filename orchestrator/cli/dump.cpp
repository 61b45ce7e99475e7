// kproof dump CELL: the memory of a cell's guest at the moment that matters, opened with crash.
#include <cstring>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/inspect.hpp"
#include "cli/streams.hpp"
#include "formats/flattened.hpp"
#include "symbols/object.hpp"
#include "util/subprocess.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

namespace {
struct DumpOptions {
  InspectOptions run;
  std::string on = "first";
  std::vector<std::string> commands, arguments;
  bool is_batch() const { return !commands.empty() || !arguments.empty(); }
};

// What reads a core, with the vmlinux that it needs.
struct Reader {
  std::vector<std::string> argv;
  std::string lacking;  // the next step, where there is none
};
}  // namespace

static run::CoreAt moment_of(const std::string& word) {
  static const std::map<std::string, run::CoreAt> moments{{"first", run::CoreAt::first},
                                                          {"fail", run::CoreAt::failure},
                                                          {"end", run::CoreAt::end},
                                                          {"finding", run::CoreAt::finding}};
  return moments.at(word);
}

static std::string why_no_symbols(const model::KernelArtifact& kernel) {
  const std::string next = fmt::format(
      "build it with the fragment debug-info; of a Debian kernel install linux-image-{}-dbg",
      kernel.release);
  if (kernel.vmlinux.empty()) return "no vmlinux of this kernel is at hand: " + next;
  return symbols::Object(kernel.vmlinux).has_debug_info()
             ? ""
             : fmt::format("{} has no debug information: {}", kernel.vmlinux.string(), next);
}

static Reader reader_of(const DumpOptions& options, const model::KernelArtifact& kernel,
                        const fs::path& core) {
  if (const std::string why = why_no_symbols(kernel); !why.empty()) return {{}, why};
  if (!util::search_path("crash").empty()) {
    std::vector<std::string> argv{"crash"};
    if (!options.commands.empty()) argv.emplace_back("-s");
    argv.insert(argv.end(), {kernel.vmlinux.string(), core.string()});
    argv.insert(argv.end(), options.arguments.begin(), options.arguments.end());
    return {argv, ""};
  }
  return {{},
          fmt::format("install crash (apt install crash), then: {}",
                      util::shell_quote({"crash", kernel.vmlinux.string(), core.string()}))};
}

// crash reads commands from its standard input where that is no terminal.
static void feed(const std::vector<std::string>& commands) {
  const int input = ::memfd_create("commands", 0);
  std::string text;
  for (const std::string& command : commands)
    text += command + "\n";
  text += "quit\n";
  if (input < 0 || ::write(input, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::lseek(input, 0, SEEK_SET) != 0 || ::dup2(input, STDIN_FILENO) < 0)
    throw HostError(fmt::format("memfd_create: {}", std::strerror(errno)));
}

// In our place: the terminal is its own, and its exit code ours.
static int become(const DumpOptions& options, const std::vector<std::string>& argv) {
  if (!options.commands.empty()) feed(options.commands);
  flush_output();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<char*> words;
  for (const std::string& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  throw HostError(fmt::format("{}: {}", argv[0], std::strerror(errno)));
}

static int tell_nothing(const run::CoreKeeper& core, const InspectedRun& run) {
  if (!core.problem().empty())
    tell(fmt::format("no core: at {}: {}\n", core.moment(), core.problem()));
  else if (core.moment().empty())
    tell("no core: the moment that --on names did not come\n");
  else
    tell(fmt::format("no core: the guest ended before its memory could be read, at {}\n",
                     core.moment()));
  return code_of_nothing(run);
}

static int dump(const DumpOptions& options) {
  run::CoreKeeper core(moment_of(options.on));
  const fs::path output = options.run.output.empty() ? "" : fs::absolute(options.run.output);
  const InspectedRun run =
      run_inspected(options.run, "dump", {.core = &core, .trace = nullptr, .file = output});
  if (!core.kept() || !run.inspected) return tell_nothing(core, run);
  if (const std::string error = formats::unflatten(core.file()); !error.empty())
    tell(fmt::format("the core stays in makedumpfile's flattened format: {}\n", error));
  const model::KernelArtifact& kernel = run.inspected->kernel;
  tell(fmt::format("core: {} ({}, of a guest of {}), read at: {}\n", core.file().string(),
                   util::format_size(((fs::file_size(core.file()) >> 20) + 1) << 20),
                   util::format_size(run.inspected->levels.front().memory), core.moment()));
  const Reader reader = reader_of(options, kernel, core.file());
  if (reader.argv.empty()) {
    tell(fmt::format("{}\n", reader.lacking));
    return options.is_batch() ? kUnexpected : kOk;
  }
  tell(fmt::format("opened with: {}\n", util::shell_quote(reader.argv)));
  const bool terminal = ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
  return terminal || options.is_batch() ? become(options, reader.argv) : kOk;
}

void add_dump(CommandLine& line) {
  Command command = line.add("dump", "Keep the memory of a cell's guest, and open it with crash");
  const auto options = std::make_shared<DumpOptions>();
  add_inspect_options(command, options->run,
                      "the file of the core (default: vmcore in the cell's directory)");
  command.choice("--on", options->on, {"first", "finding", "fail", "end"},
                 "when its memory is read. finding: at the first finding or hang; fail: also where "
                 "its case says not ok or ends so; end: when the case has ended; first: as fail, "
                 "else at the end");
  command.list("--command", options->commands, "a command of crash, which ends behind the last");
  command.words("ARGUMENT", options->arguments, "further arguments of crash, behind --",
                Need::optional);
  command.footer(
      "The core is what QEMU's dump-guest-memory writes, of all RAM of the outermost guest (with "
      "what runs inside of it), in kdump's compressed format; what an NVDIMM holds is not in it. "
      "The guest stands still meanwhile.\n\n"
      "So that memory is as it was, a kernel that warns panics at once and one that panics "
      "stays (panic_on_warn=1 panic=0 on its command line): the verdict may be crash "
      "where it was fail. Of a finding without a panic (bad pud) memory is read a "
      "moment behind the line, of a guest that resets without a word not at all.\n\n"
      "crash needs the vmlinux of that kernel with debug information: a build tree and a kernel "
      "from source with the fragment debug-info have it, a Debian kernel its package -dbg. Without "
      "it, or without crash, the core stays, and the next step is told. The drgn of "
      "Debian 12 does not open a compressed core.\n\n" +
      std::string(kInspectExitCodes) + " With crash its own exit code.");
  command.example("kproof dump debian-6.1/l1/mm/dax_1g_mprotect --plan quickstart",
                  "crash on the guest as that cell fails");
  command.example("kproof dump kproof-out/RUN/cells/mine/l1/mm/thp_mprotect --on finding",
                  "a cell of a run again; no core if nothing is found");
  command.example("kproof dump mine/l1/kvm/stale_thp --plan my.yaml --command 'bt -a'",
                  "in a script: what crash says of that");
  command.example("kproof dump mine/l1/kvm/stale_thp --plan my.yaml -- -i commands.txt",
                  "crash with arguments of its own");
  command.does([options] { return dump(*options); });
}

}  // namespace kproof::cli
