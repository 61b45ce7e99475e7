// kproof watch with real guests, on kernels that need no compiling (stand_in.hpp), and then
// kproof run --failed of what it has left.
#include <functional>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/eventfd.h>

#include "e2e/leftovers.hpp"
#include "e2e/stand_in.hpp"
#include "e2e/support.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_watch_test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {
// Does one thing after the other, each when the program has said its words.
class Script {
 public:
  struct Step {
    std::string words;
    std::function<void()> then;
  };
  explicit Script(std::vector<Step> steps) : steps_(std::move(steps)) {}
  void see(std::string_view piece) {
    said_ += piece;
    while (done_ < steps_.size()) {
      const auto at = said_.find(steps_[done_].words, from_);
      if (at == std::string::npos) return;
      from_ = at + steps_[done_].words.size();
      steps_[done_++].then();
    }
  }
  bool all_done() const { return done_ == steps_.size(); }

 private:
  std::vector<Step> steps_;
  std::string said_;
  std::size_t from_ = 0, done_ = 0;
};
}  // namespace

TEST_CASE("watch: a save during a round ends that and is judged; what failed can be run again") {
  const StandIn source;
  const auto out = fresh_directory("watch");
  const util::Fd enough(::eventfd(0, EFD_CLOEXEC));
  Script script({{"built ", [&] { source.use(StandIn::Kernel::debian_6_1); }},
                 {"ended: the files have changed", [] {}},
                 {"not as expected; ", [&] { ::eventfd_write(enough.get(), 1); }}});
  const auto watched = util::run({.argv = {KPROOF_PROGRAM, "watch", source.tree().string(),
                                           "--case", "mm/dax_1g_mprotect", "--out", out.string()},
                                  .deadline = 10min,
                                  .on_output = [&](std::string_view piece) { script.see(piece); },
                                  .stop_fd = enough.get()});
  INFO(watched.err);
  INFO(watched.out);
  CHECK(script.all_done());
  CHECK(watched.stopped);
  CHECK(watched.exit_code == 1);
  CHECK(watched.out.find("  fail mm/dax_1g_mprotect (") != std::string::npos);
  CHECK(watched.out.find("bad pud") != std::string::npos);
  CHECK(left_by_run(out) == Words{});

  const auto again = fresh_directory("watch-again");
  const Run run =
      run_kproof({"run", "--failed", out.string(), "--out", again.string()}, again, 10min);
  INFO(run.process.err);
  CHECK(run.process.exit_code == 1);
  CHECK(run.process.err.find("1 of 1 cell: what did not end as expected") != std::string::npos);
  CHECK(run.results.at("filters").at("ids") == Json{"mine/l1/mm/dax_1g_mprotect"});
}

}  // namespace kproof::e2e::guest_watch_test
