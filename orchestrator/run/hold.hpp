// When a cell's guest is held for its user to look at, and what that holds up: kproof run
// --pause-on, --keep, kproof attach, kproof gdb. Pure; the runner does what it says.
//
// Promises, in the order of hold_test.cpp:
//  1. Without a wish nothing is held but by the user himself.
//  2. --pause-on holds once, at the first of what it names; --keep once, where a failed guest would
//     end: its case has ended, or it is to be killed.
//  3. A guest that is held has its CPUs stopped, but for who needs them: a shell, and a debugger,
//     which stops them itself.
//  4. No time passes for a guest that is held or that somebody is in: no deadline comes, nothing is
//     killed, and no case's end is acted upon.
//  5. It goes on when its user says so and all have left; then CPUs run, whoever had stopped them.
//  6. Who was in it is remembered.
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>

#include "model/outcome.hpp"

namespace kproof::run {

enum class PauseOn {
  nothing,
  finding,  // the kernel complains on a console, at whatever level
  failure,  // that, or the case fails, or hangs, or its guest is to be killed
};

struct HoldWishes {
  PauseOn pause_on = PauseOn::nothing;
  bool keep = false;
  bool any() const { return keep || pause_on != PauseOn::nothing; }
};

// How somebody gets in.
enum class Way { console, monitor, shell, gdb, gdb_inside };
inline constexpr std::array<std::string_view, 5> kWays{"console", "monitor", "shell", "gdb",
                                                       "gdb of a guest inside"};

class Hold {
 public:
  explicit Hold(HoldWishes wishes = {}) : wishes_(wishes) {}

  void on_finding(const std::string& what);
  void on_not_ok(const std::string& what);
  // `failure`: "" for a case that ended well.
  void on_case_ended(const std::string& failure);
  // What follows kills it, or its case: it hangs, or its kernel is done for.
  void on_doomed(const std::string& what);

  void pause();  // the user
  void resume();
  void enter(Way way);
  void leave(Way way);

  bool held() const { return !why_.empty(); }
  const std::string& why() const { return why_; }  // "" when it is not
  bool inside(Way way) const { return counts_[static_cast<std::size_t>(way)] > 0; }
  bool cpus_stop() const;
  bool time_stops() const;
  const std::set<std::string>& visits() const { return visits_; }

 private:
  void hold_once(bool wished, bool& spent, const std::string& what);

  HoldWishes wishes_;
  bool paused_ = false, kept_ = false;  // once each
  std::string failure_;                 // the first
  std::string why_;
  std::array<unsigned, kWays.size()> counts_{};
  std::set<std::string> visits_;
};

// Why a guest that ended so is to be killed; "" for one that is gone by itself.
std::string doom_of(const model::GuestEnd& end);

}  // namespace kproof::run
