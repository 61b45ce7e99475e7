#include "config/breadth.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/names.hpp"
#include "util/pattern.hpp"

namespace kproof::config {

namespace {

// Examples of one kind each, and how many of them a pattern may be found in.
struct Examples {
  std::span<const std::string_view> texts;
  std::size_t most;
};

}  // namespace

// "WARNING in \w+": whatever function it is in.
static std::vector<std::string> same_elsewhere(const util::Pattern& pattern) {
  for (const char* kind :
       {"WARNING in {}", "kernel BUG in {}", "BUG: unable to handle kernel paging request in {}",
        "BUG: unable to handle kernel NULL pointer dereference in {}", "BUG: soft lockup in {}",
        "INFO: rcu detected stall in {}", "INFO: task hung in {}", "possible deadlock in {}",
        "KASAN: slab-use-after-free Read in {}", "KCSAN: data-race in {} / e",
        "general protection fault in {}", "UBSAN: shift-out-of-bounds in {}"}) {
    const std::string here = fmt::format(fmt::runtime(kind), "kvm_mmu_zap_all"),
                      elsewhere = fmt::format(fmt::runtime(kind), "ext4_writepages");
    if (pattern.found_in(here) && pattern.found_in(elsewhere)) return {here, elsewhere};
  }
  return {};
}

static Examples examples_of(Searched searched) {
  static constexpr std::array<std::string_view, 10> kTitles{
      "bad pud",
      "WARNING in f",
      "kernel BUG in g",
      "BUG: unable to handle kernel paging request in h",
      "BUG: soft lockup in sys_x",
      "KASAN: use-after-free Read in y",
      "INFO: task hung in z",
      "possible deadlock in w",
      "general protection fault in v",
      "UBSAN: shift-out-of-bounds in u"};
  static constexpr std::array<std::string_view, 3> kSubtests{"write after PROT_READ faults",
                                                             "no page is lost", "7"};
  static constexpr std::array<std::string_view, 3> kReasons{
      "the kernel has no module nfit", "CONFIG_DEV_DAX is not set in the kernel's config",
      "the guest was silent for 15.0s in phase test: CPU 0 spins"};
  // All that begins with BUG is a kind, half of all titles is none.
  if (searched == Searched::title || searched == Searched::known) return {kTitles, 3};
  if (searched == Searched::subtest) return {kSubtests, 1};
  return {kReasons, 1};
}

void warn_of_breadth(Problems& problems, const Value& value, const std::string& pattern,
                     Searched searched) {
  const util::Pattern compiled(pattern);
  const Examples examples = examples_of(searched);
  std::vector<std::string_view> met;
  std::ranges::copy_if(examples.texts, std::back_inserter(met),
                       [&](std::string_view text) { return compiled.found_in(text); });
  if (searched == Searched::known && met.size() <= examples.most)
    if (const auto both = same_elsewhere(compiled); !both.empty())
      problems.warn(
          value.mark,
          fmt::format("`{}` accepts it in whatever function: `{}` and `{}`", pattern, both.front(),
                      both.back()),
          fmt::format("name the function, as in `^{}$`, or give the fingerprint", both.front()));
  if (met.size() <= examples.most) return;
  problems.warn(value.mark,
                fmt::format("`{}` matches what has nothing in common: `{}` and `{}`", pattern,
                            met.front(), met.back()),
                "name what is meant, as in `^bad pud$`");
}

static bool goes_on_with_digit(const std::string& name, std::size_t at) {
  return at < name.size() && std::isdigit(static_cast<unsigned char>(name[at]));
}

void warn_of_glob(Problems& problems, const Value& value, const std::string& glob,
                  const std::vector<std::string>& names) {
  const std::size_t star = glob.find('*');
  if (star == glob.npos || star == 0 || !goes_on_with_digit(glob, star - 1)) return;
  std::vector<std::string> meant, others;
  for (const std::string& name : names)
    if (util::glob_match(glob, name))
      (goes_on_with_digit(name, star) ? others : meant).push_back(name);
  if (meant.empty() || others.empty()) return;
  problems.warn(
      value.mark,
      fmt::format("`{}` covers `{}`, and `{}` too", glob, meant.front(), fmt::join(others, "`, `")),
      "write the name whole, or end the number before the star");
}

}  // namespace kproof::config
