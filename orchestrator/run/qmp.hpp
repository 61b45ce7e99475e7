// Commands to QEMU's monitor protocol and its answers (QEMU's docs/interop/qmp-spec). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kproof::run::qmp {

std::string command(std::string_view name);
std::string human(std::string_view command_line);  // human-monitor-command
std::string inject_nmi();
std::string send_break(std::string_view chardev);
// Has the console's chardev read what we type from `input`, a FIFO, and go on with its file.
std::string read_from(std::string_view chardev, std::string_view input, std::string_view output);

// Takes the file that comes with it, under that name; and makes a chardev of that name of one that
// is a listening socket.
std::string get_fd(std::string_view name);
std::string listen_on(std::string_view name);

struct Reply {
  bool ok = false;
  std::string text;  // HMP's words, or the JSON of what was returned, or why it failed
};
// Of a line that is one; events and the greeting are none.
std::optional<Reply> parse_reply(std::string_view line);

struct Event {
  std::string name;    // "SHUTDOWN", "RESET", "STOP"
  std::string reason;  // of the first two: ShutdownCause, "guest-reset"; "" when there is none
};
// Of a line that is one.
std::optional<Event> parse_event(std::string_view line);

// Of the answer to query-status: QEMU's RunState, "internal-error"; "" when it is none.
std::string parse_state(std::string_view line);

// QEMU's words, in a text of its messages, that KVM could not run the guest: the last such line,
// and the kind of an internal error, which stands on the next. "" when there are none.
std::string kvm_fault(std::string_view text);

}  // namespace kproof::run::qmp
