#include "symbols/frame_ref.hpp"

#include <algorithm>
#include <charconv>

namespace kproof::symbols {

static bool is_symbol_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '$';
}

// "0x2ec" at the start of `text`, which loses it.
static std::optional<std::uint64_t> take_hex(std::string_view& text) {
  if (!text.starts_with("0x")) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data() + 2, end, value, 16);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(next - text.data()));
  return value;
}

// " [kvm]" or " [kvm 1234abcd]", which has the build ID too.
static std::string module_in(std::string_view rest) {
  if (!rest.starts_with(" [")) return "";
  rest.remove_prefix(2);
  const std::size_t end = rest.find(']');
  if (end == rest.npos) return "";
  const std::string_view name = rest.substr(0, std::min(end, rest.find(' ')));
  return std::ranges::all_of(name, [](char c) { return is_symbol_char(c) || c == '-'; })
             ? std::string(name)
             : "";
}

static bool says_where_cpu_stood(std::string_view before) {
  for (const std::string_view word :
       {"RIP:", "EIP:", "NIP ", "pc :", "pc:", "PC is at", "epc :", "era:", "Krnl PSW"})
    if (before.find(word) != before.npos) return true;
  return false;
}

std::optional<FrameRef> find_frame_ref(std::string_view line) {
  for (std::size_t plus = 0; (plus = line.find("+0x", plus)) != line.npos; ++plus) {
    std::size_t begin = plus;
    while (begin > 0 && is_symbol_char(line[begin - 1]))
      --begin;
    std::string_view rest = line.substr(plus + 1);
    const auto offset = take_hex(rest);
    if (begin == plus || !offset || !rest.starts_with('/')) continue;
    rest.remove_prefix(1);
    const auto size = take_hex(rest);
    if (!size) continue;
    return FrameRef{std::string(line.substr(begin, plus - begin)), *offset, *size, module_in(rest),
                    says_where_cpu_stood(line.substr(0, begin))};
  }
  return std::nullopt;
}

}  // namespace kproof::symbols
