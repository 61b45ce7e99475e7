// kproof attach [DIR|CELL]: the guests of runs, and into one of them.
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/frame.hpp"
#include "cli/cli.hpp"
#include "cli/doors.hpp"
#include "cli/raw_terminal.hpp"
#include "cli/streams.hpp"
#include "cli/visit.hpp"
#include "run/visitor.hpp"
#include "util/error.hpp"

namespace kproof::cli {

namespace {
struct AttachOptions {
  std::string name;
  bool shell = false, console = false, monitor = false, pause = false, resume = false;
  unsigned level = 1;
};
}  // namespace

static void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // its end is read
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

// True while the door is open.
static bool hear(int fd, agent::Decoder& decoder) {
  std::array<char, 1 << 16> buffer;
  const ssize_t n = ::read(fd, buffer.data(), buffer.size());
  if (n > 0) decoder.feed({buffer.data(), static_cast<std::size_t>(n)});
  return n > 0 || (n < 0 && errno == EINTR);
}

// Until the other end has ended, or the user has had enough.
static void converse(int door, run::Visitor& visitor) {
  agent::Decoder decoder;
  for (bool open = true; open && !visitor.left() && !visitor.ended();) {
    const auto own = visitor.fds();
    std::array<pollfd, 5> fds{{{door, POLLIN, 0}, own[0], own[1], own[2], own[3]}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[0].revents) open = hear(door, decoder);
    while (const auto frame = decoder.next())
      visitor.take(*frame);
    for (const agent::Frame& frame : visitor.serve())
      send_all(door, encode(frame));
  }
  visitor.end();
}

// `way`: a word of run/door.hpp. On a raw terminal "~." leaves; the monitor is typed line by line.
static int go_in(const Door& door, const AttachOptions& options, const std::string& way) {
  const bool tty = ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
  std::optional<RawTerminal> raw;
  if (way == "shell" || (way == "console" && tty)) raw.emplace();
  const util::Fd resized = watch_terminal();
  const char* term = std::getenv("TERM");
  const Call call = cli::call(
      door.path,
      {{"do", way}, {"level", options.level}, {"term", term ? term : "dumb"}, {"prompts", tty}});
  if (raw && door.state.value("state", "") == "paused" && way == "console")
    tell("kproof: the guest is paused: what you type waits until it goes on\n");
  if (raw) tell(fmt::format("kproof: \"~.\" at the beginning of a line leaves the {}\n", way));
  run::Visitor visitor({.terminal = raw.has_value(),
                        .input = true,
                        .resized = raw ? resized.get() : -1,
                        .on_begin =
                            [&] {
                              if (raw) raw->enter();
                            },
                        .on_end =
                            [&] {
                              if (raw) raw->restore();
                            }});
  converse(call.fd.get(), visitor);
  if (raw) tell("\n");
  if (visitor.ended())
    return visitor.ended()->signal ? 128 + visitor.ended()->signal : visitor.ended()->exit_code;
  if (!visitor.left()) tell("kproof: the guest has ended\n");
  return visitor.left() ? kOk : kUnexpected;
}

static int list(const std::string& name) {
  const auto doors = find_doors(name);
  for (const Door& door : doors)
    fmt::print("{}\n", describe(door));
  if (doors.empty()) fmt::print("no run of yours has a guest now\n");
  return kOk;
}

static int attach(const AttachOptions& options) {
  std::string way;
  for (const auto& [chosen, word] : {std::pair{options.shell, "shell"},
                                     {options.console, "console"},
                                     {options.monitor, "monitor"},
                                     {options.pause, "pause"},
                                     {options.resume, "resume"}})
    if (chosen && !way.empty())
      throw ConfigError(fmt::format("--{} and --{}: one of them", way, word));
    else if (chosen)
      way = word;
  if (way.empty()) return list(options.name);
  Door door = find_door(options.name);
  if (!options.pause && !options.resume) return go_in(door, options, way);
  door.state = call(door.path, {{"do", way}}).answer;
  fmt::print("{}\n", describe(door));
  return kOk;
}

void add_attach(CommandLine& line) {
  Command command = line.add("attach", "List the guests of your runs, or get into one");
  const auto options = std::make_shared<AttachOptions>();
  command.value("GUEST", options->name,
                "the directory of a run, or the id of a cell or a part of it (default: the only "
                "guest that there is)");
  command.flag("--shell", options->shell,
               "a shell there. The guest runs meanwhile, its case too, and its agent must answer; "
               "needs a run with --pause-on or --keep, which puts this host's usual programs into "
               "its guests");
  command.flag(
      "--console", options->console,
      "its serial console: what it printed last and prints now, and your keys go there. "
      "Nobody but the kernel listens: send a BREAK with --monitor "
      "(chardev-send-break charserial0, or console at --level 2) and type a sysrq key here");
  command.flag(
      "--monitor", options->monitor,
      "QEMU's monitor (HMP), a command a line, also from a pipe; a paused guest has it, too");
  command.number("--level", options->level, "2: the guest inside that one");
  command.flag("--pause", options->pause, "stop it where it is, until --resume");
  command.flag("--resume", options->resume, "let it go on");
  command.footer(
      "The guests are those of `kproof run`, `test`, `check`, `exec` and `shell`, of your user. "
      "The "
      "kproof that runs a guest owns it: no guest outlives it, and what it waits for ends with "
      "Ctrl-C there. While a guest is paused, or somebody is in it, none of its time-outs passes, "
      "and it does not end. When you leave, it is as you found it: paused, or running.\n\n"
      "A cell whose guest somebody was in does not pass: it is broken, and runs again in the same "
      "--out. What failed keeps its verdict, with the word that somebody was there. The memory and "
      "CPUs of a guest that waits are not free for other runs.");
  command.example("kproof attach", "the guests that there are, and what each waits for");
  command.example("kproof attach dax_1g --shell", "a shell in the guest of that cell");
  command.example("echo 'info registers -a' | kproof attach --monitor", "of the only guest");
  command.example("kproof attach dax_1g --resume", "lets a paused guest go on");
  command.does([options] { return attach(*options); });
}

}  // namespace kproof::cli
