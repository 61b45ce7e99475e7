#include "kconfig/dotconfig.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "kconfig/lines.hpp"

namespace kproof::kconfig {

// The symbol that a line of a .config is about; "" for none.
static std::string_view symbol_of(std::string_view line) {
  for (const std::string_view prefix : {"# CONFIG_", "CONFIG_"})
    if (line.starts_with(prefix)) {
      line.remove_prefix(prefix.size());
      return line.substr(0, line.find_first_of(" ="));
    }
  return "";
}

Values parse_dotconfig(std::string_view text) {
  Values values;
  for (const std::string_view line : lines_of(text))
    if (const std::size_t equals = line.find('=');
        line.starts_with("CONFIG_") && equals != std::string_view::npos)
      if (const std::string_view value = line.substr(equals + 1); value != "n")
        values.insert_or_assign(std::string(symbol_of(line)), std::string(value));
  return values;
}

std::set<std::string, std::less<>> switched_off(std::string_view text) {
  std::set<std::string, std::less<>> symbols;
  for (const std::string_view line : lines_of(text))
    if (line.starts_with("# CONFIG_") && line.ends_with(" is not set"))
      symbols.emplace(symbol_of(line));
  return symbols;
}

std::string_view value_of(const Values& values, std::string_view symbol) {
  const auto found = values.find(symbol);
  return found == values.end() ? std::string_view("n") : std::string_view(found->second);
}

std::string not_a_dotconfig(std::string_view text) {
  std::size_t number = 0, symbols = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (!symbol_of(line).empty())
      ++symbols;
    else if (!line.empty() && line.front() != '#')
      return fmt::format("line {} is neither CONFIG_...= nor a comment", number);
  }
  return symbols > 0 ? "" : "it names no CONFIG_ symbol";
}

// kconfig writes "# Linux/arm64 6.1.0 Kernel Configuration" on top (mainmenu of Kconfig). A config
// of savedefconfig has no such line; its architecture's own symbol is the default and is not there
// either, so what can be told from symbols is little.
std::string foreign_architecture(std::string_view text) {
  constexpr std::string_view head = "# Linux/";
  for (const std::string_view line : lines_of(text)) {
    if (!line.starts_with(head)) continue;
    const std::string_view name = line.substr(head.size(), line.find(' ', 2) - head.size());
    if (name != "x86" && name != "x86_64") return std::string(name);
    break;
  }
  const Values values = parse_dotconfig(text);
  if (value_of(values, "X86_32") == "y") return "32-bit x86";
  for (const char* symbol : {"ARM64", "ARM", "RISCV", "S390", "PPC", "MIPS", "LOONGARCH", "SPARC"})
    if (value_of(values, symbol) == "y") return symbol;
  return "";
}

std::map<std::string, const Request*> effective(const std::vector<Fragment>& fragments) {
  std::map<std::string, const Request*> last;
  for (const Fragment& fragment : fragments)
    for (const Request& request : fragment.requests)
      last[request.symbol] = &request;
  return last;
}

std::string merge(std::string_view base, const std::vector<Fragment>& fragments) {
  const auto wanted = effective(fragments);
  std::string merged;
  for (const std::string_view line : lines_of(base))
    if (!wanted.contains(std::string(symbol_of(line)))) merged.append(line).append(1, '\n');
  for (const auto& [symbol, request] : wanted)
    merged += request->value == "n" ? fmt::format("# CONFIG_{} is not set\n", symbol)
                                    : fmt::format("CONFIG_{}={}\n", symbol, request->value);
  return merged;
}

}  // namespace kproof::kconfig
