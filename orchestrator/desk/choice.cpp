#include "desk/choice.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/kernel_word.hpp"
#include "kconfig/dotconfig.hpp"

namespace kproof::desk {

static bool says_config(const Wishes& wishes) {
  return wishes.add_config || !wishes.config.empty() || !wishes.fragments.empty();
}

Decision decide(const Tree& tree, const Wishes& wishes) {
  if (wishes.in_tree)
    return {.make = true,
            .boot_it = true,
            .config = "",
            .fragments = {},
            .why = "make builds it in the tree"};
  if (tree.built && tree.newer.empty() && !says_config(wishes))
    return {.boot_it = true,
            .config = "",
            .fragments = {},
            .why = "arch/x86/boot/bzImage is newer than all sources: it is booted as it is"};
  const std::string own = (tree.root / ".config").string();
  Decision decision{.config = !wishes.config.empty() ? wishes.config
                              : tree.config          ? own
                                                     : "tinyconfig",
                    .fragments = {},
                    .why = ""};
  auto& fragments = decision.fragments;
  if (wishes.add_config || (decision.config == "tinyconfig" && wishes.fragments.empty()))
    fragments = config::usual_fragments();
  fragments.insert(fragments.end(), wishes.fragments.begin(), wishes.fragments.end());
  const std::string stale = tree.built && !tree.newer.empty()
                                ? fmt::format("{} is newer than bzImage: ", tree.newer)
                                : "";
  decision.why = fmt::format("{}kproof builds it beside the tree, with {}{}{}", stale,
                             decision.config == own ? "its .config" : decision.config,
                             fragments.empty() ? "" : " and ", fmt::join(fragments, ", "));
  return decision;
}

std::vector<std::string> lacking(const std::string& config,
                                 const std::vector<kconfig::Fragment>& fragments) {
  constexpr std::size_t kNamed = 3;
  const kconfig::Values values = kconfig::parse_dotconfig(config);
  std::vector<std::string> lines;
  for (const kconfig::Fragment& fragment : fragments) {
    std::vector<std::string> symbols;
    for (const kconfig::Request& request : fragment.requests)
      if (request.value == "y" && !request.optional &&
          kconfig::value_of(values, request.symbol) == "n")
        symbols.push_back("CONFIG_" + request.symbol);
    if (symbols.empty()) continue;
    const std::size_t more = symbols.size() - std::min(symbols.size(), kNamed);
    symbols.resize(symbols.size() - more);
    lines.push_back(fmt::format("{}: {}{}", fragment.name, fmt::join(symbols, ", "),
                                more > 0 ? fmt::format(" and {} more", more) : ""));
  }
  return lines;
}

}  // namespace kproof::desk
