#include "run/failure_watch.hpp"

#include <doctest/doctest.h>

#include "agent/messages.hpp"

using namespace kproof;
using namespace kproof::run;
using agent::Type;

static std::string ended(int code) {
  return to_json(agent::CaseEnded{.exit_code = code});
}

TEST_CASE("each sign of a level is told once, with what shows it") {
  FailureWatch watch(2, 1);
  watch.take(1, {Type::case_stdout, 2, "ok 1 a\nnot o"});
  CHECK(watch.take_signs().empty());
  watch.take(1, {Type::case_stdout, 2, "k 2 b\nnot ok 3 c\n"});
  watch.see(0, 0, "");
  watch.see(0, 1, "mm/pgtable-generic.c:39: bad pud 00000000(84000001400008e7)");
  watch.see(0, 2, "");
  watch.see_hang(0);
  watch.see_hang(0);
  const auto signs = watch.take_signs();
  REQUIRE(signs.size() == 3);
  CHECK(signs[0].sign == Sign::not_ok);
  CHECK(signs[0].level == 2);
  CHECK(signs[0].what == "not ok 2 b");
  CHECK(signs[1].sign == Sign::finding);
  CHECK_FALSE(signs[1].panics);
  CHECK(signs[2].sign == Sign::hang);
  CHECK(watch.take_signs().empty());
}

TEST_CASE("the end is that of the cell's own case, and says whether it failed") {
  FailureWatch watch(2, 0);
  watch.take(1, {Type::case_ended, 2, ended(1)});
  CHECK(watch.take_signs().empty());
  watch.take(0, {Type::case_ended, 1, ended(0)});
  watch.take(0, {Type::case_ended, 1, ended(1)});
  watch.take(0, {Type::case_ended, 1, "nonsense"});
  watch.take(7, {Type::case_ended, 8, ended(1)});
  const auto signs = watch.take_signs();
  REQUIRE(signs.size() == 2);
  CHECK_FALSE(signs[0].failed);
  CHECK(signs[1].failed);
}

TEST_CASE("a kernel that warns is about to panic, and is done when its panic has ended") {
  CHECK(will_panic("------------[ cut here ]------------\nWARNING: CPU: 0 PID: 71 at mm/x.c:3"));
  CHECK(will_panic("BUG: unable to handle page fault for address: 0"));
  CHECK_FALSE(will_panic("mm/pgtable-generic.c:39: bad pud 00000000(84000001400008e7)"));
  CHECK_FALSE(has_panicked("Kernel panic - not syncing: kernel: panic_on_warn set ...\nCPU: 0"));
  CHECK(has_panicked("---[ end Kernel panic - not syncing: kernel: panic_on_warn set ... ]---"));
}
