// The shipped fragments and the shipped cases, held together: the real programs say what they need.
#include "sweep/fragments.hpp"

#include <algorithm>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "util/subprocess.hpp"

namespace kproof::sweep {

static FragmentIndex shipped() {
  return FragmentIndex::load(KPROOF_FRAGMENTS);
}

TEST_CASE("a symbol is looked up with its prefix and without") {
  const FragmentIndex index(
      {kconfig::parse_fragment("# One.\nCONFIG_A=y\nCONFIG_B=m\n", "one.config"),
       kconfig::parse_fragment("# Two.\nCONFIG_A=y\n# CONFIG_B is not set\n", "two.config")});
  CHECK(index.that_set("CONFIG_A") == std::vector<std::string>{"one", "two"});
  CHECK(index.that_set("B") == std::vector<std::string>{"one"});
  CHECK(index.that_set("CONFIG_C").empty());
  CHECK(index.hint("CONFIG_A") == " (fragment `one` or `two` sets it)");
  CHECK(index.hint("CONFIG_C").empty());
}

static std::vector<std::string> words(const char* text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// What the architecture selects nobody can set.
static bool is_of_architecture(const std::string& symbol) {
  return symbol.starts_with("CONFIG_HAVE_ARCH_");
}

// Those of selftest/ test kproof, on distributions' kernels. A module that a case asks for must be
// there as a module or built in: by the symbol that stands for it in the case's `kconfig`.
TEST_CASE("each symbol that a case needs is set by a fragment, whatever its backing") {
  const FragmentIndex index = shipped();
  for (const std::string& name : words(KPROOF_CASES)) {
    if (name.starts_with("selftest/")) continue;
    for (const char* backing : {"", "anon", "shmem", "thp", "hugetlb-2m", "hugetlb-2m-private",
                                "hugetlb-1g", "devdax-2m", "devdax-1g"}) {
      std::vector<std::string> argv{std::string(KPROOF_CASES_DIR "/") + name};
      if (*backing) argv.insert(argv.end(), {"--backing", backing});
      argv.emplace_back("--describe");
      const auto said = util::run({.argv = argv});
      if (*backing && !said.ok()) continue;  // a case without that choice
      REQUIRE(said.ok());
      CAPTURE(name);
      CAPTURE(backing);
      const auto json = nlohmann::json::parse(said.out);
      const auto needs = json.value("needs", nlohmann::json::object());
      const auto symbols = needs.value("kconfig", std::vector<std::string>{});
      for (const std::string& symbol : symbols)
        CHECK_MESSAGE((is_of_architecture(symbol) || !index.that_set(symbol).empty()), symbol,
                      ": no fragment sets it");
      if (needs.contains("modules") && !needs.at("modules").empty())
        CHECK_MESSAGE(!symbols.empty(), "modules without the symbols that stand for them");
      if (needs.value("kvm", false)) CHECK(std::ranges::count(symbols, "CONFIG_KVM") == 1);
    }
  }
}

}  // namespace kproof::sweep
