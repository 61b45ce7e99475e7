#include "ftrace/probes.hpp"

#include <algorithm>
#include <sstream>

#include "console/machinery.hpp"
#include "symbols/frame_ref.hpp"

namespace kproof::ftrace {

static bool is_way_in(std::string_view function) {
  for (const std::string_view begin :
       {"entry_", "do_syscall_", "x64_sys_call", "__x64_sys_", "__do_sys_", "__se_sys_", "asm_",
        "ret_from_fork", "do_int80", "do_fast_syscall"})
    if (function.starts_with(begin)) return true;
  return false;
}

std::vector<std::string> functions_to_probe(std::string_view excerpt, std::size_t most) {
  std::vector<std::string> functions;
  std::istringstream lines{std::string(excerpt)};
  for (std::string line; functions.size() < most && std::getline(lines, line);) {
    const auto frame = symbols::find_frame_ref(line);
    if (!frame || line.find(" ? ") != line.npos) continue;
    const std::string& name = frame->function;
    if (console::is_reporter(name) || is_way_in(name)) continue;
    if (std::ranges::find(functions, name) == functions.end()) functions.push_back(name);
  }
  return functions;
}

}  // namespace kproof::ftrace
