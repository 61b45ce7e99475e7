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

struct Reply {
  bool ok = false;
  std::string text;  // HMP's words, or the JSON of what was returned, or why it failed
};
// Of a line that is one; events and the greeting are none.
std::optional<Reply> parse_reply(std::string_view line);

}  // namespace kproof::run::qmp
