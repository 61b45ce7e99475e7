#include "desk/areas.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "util/names.hpp"

using namespace kproof;
using desk::Choice;

static std::vector<std::string> names(const Choice& choice) {
  std::vector<std::string> list;
  for (const desk::Chosen& one : choice.cases)
    list.emplace_back(one.offer->name);
  return list;
}

static bool has(const Choice& choice, std::string_view name) {
  return std::ranges::any_of(choice.cases,
                             [&](const desk::Chosen& one) { return one.offer->name == name; });
}

TEST_CASE("a change of mprotect is tested by what protects memory and by what KVM makes of it") {
  const Choice choice = desk::choose({"mm/mprotect.c"});
  CHECK(has(choice, "mm/dax_1g_mprotect"));
  CHECK(has(choice, "kvm/stale_devdax_1g"));
  CHECK(has(choice, "kvm/zap_stall"));
  CHECK_FALSE(has(choice, "kvm/aging"));
  CHECK(choice.no_case.empty());
}

TEST_CASE("KVM's MMU has all cases of KVM, and no other") {
  const Choice choice = desk::choose({"arch/x86/kvm/mmu/tdp_mmu.c"});
  CHECK(has(choice, "kvm/aging"));
  CHECK_FALSE(has(choice, "mm/thp_mprotect"));
}

TEST_CASE("files that no case reaches are told, and the usual cases run") {
  const Choice choice = desk::choose({"drivers/net/tun.c"});
  CHECK(choice.no_case == std::vector<std::string>{"drivers/net/tun.c"});
  CHECK(names(choice) == names(desk::choose()));
  const Choice both = desk::choose({"drivers/net/tun.c", "mm/ksm.c"});
  CHECK(both.no_case.size() == 1);
  CHECK(names(both) == std::vector<std::string>{"kvm/stale_anon", "kvm/memslot_churn"});
}

TEST_CASE("why says each file with what it has") {
  CHECK(desk::explain(desk::choose({"mm/ksm.c", "README"})) ==
        "kvm/stale_anon            mm/ksm.c (KSM)\n"
        "kvm/memslot_churn         mm/ksm.c (KSM)\n"
        "README                    no case reaches it\n");
}

TEST_CASE("no area is hidden by one that stands before it") {
  for (const desk::Area& area : desk::areas()) {
    std::string file(area.files);
    std::ranges::replace(file, '*', 'x');
    const auto first = std::ranges::find_if(desk::areas(), [&](const desk::Area& one) {
      return util::glob_match(std::string(one.files), file);
    });
    CHECK_MESSAGE(&*first == &area, file);
  }
}

TEST_CASE("each area has cases, and each offer a name of its own that some area has") {
  std::set<std::string_view> offered;
  for (const desk::Offer& offer : desk::offers())
    CHECK(offered.insert(offer.name).second);
  for (const desk::Area& area : desk::areas())
    for (const std::string_view glob : area.cases) {
      CAPTURE(glob);
      CHECK(std::ranges::any_of(offered, [&](std::string_view name) {
        return util::glob_match(std::string(glob), std::string(name));
      }));
    }
  for (const std::string_view name : offered) {
    CAPTURE(name);
    CHECK(std::ranges::any_of(desk::areas(), [&](const desk::Area& area) {
      return std::ranges::any_of(area.cases, [&](std::string_view glob) {
        return util::glob_match(std::string(glob), std::string(name));
      });
    }));
  }
}
