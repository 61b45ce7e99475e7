#include "desk/choice.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kconfig/dotconfig.hpp"

namespace kproof::desk {

const std::vector<std::string>& usual_fragments() {
  static const std::vector<std::string> kUsual{"base",    "dax",     "kvm",   "lockup",
                                               "tracing", "kprobes", "aging", "numa"};
  return kUsual;
}

static bool says_config(const Wishes& wishes) {
  return wishes.add_config || !wishes.config.empty() || !wishes.fragments.empty();
}

Plan plan_for(const Tree& tree, const Wishes& wishes) {
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
  Plan plan{.config = !wishes.config.empty() ? wishes.config
                      : tree.config          ? own
                                             : "tinyconfig",
            .fragments = {},
            .why = ""};
  if (wishes.add_config || (plan.config == "tinyconfig" && wishes.fragments.empty()))
    plan.fragments = usual_fragments();
  plan.fragments.insert(plan.fragments.end(), wishes.fragments.begin(), wishes.fragments.end());
  const std::string stale = tree.built && !tree.newer.empty()
                                ? fmt::format("{} is newer than bzImage: ", tree.newer)
                                : "";
  plan.why = fmt::format("{}kproof builds it beside the tree, with {}{}{}", stale,
                         plan.config == own ? "its .config" : plan.config,
                         plan.fragments.empty() ? "" : " and ", fmt::join(plan.fragments, ", "));
  return plan;
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
