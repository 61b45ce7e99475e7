// Lets cells start when the host has room for them, beside those of all other runs: the limits of
// this host, what runs claim of it (ledger.hpp), and who goes first (admission.hpp), joined.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "resources/admission.hpp"
#include "resources/ledger.hpp"
#include "resources/shared.hpp"

namespace kproof::resources {

class Gate {
 public:
  // Looked again for what wakes nobody: memory that other programs give back.
  static constexpr std::chrono::milliseconds kLook{2000};

  struct Setup {
    std::string run;               // what other runs call it
    std::filesystem::path shared;  // where its NVDIMMs are; "" has none
    unsigned jobs = std::numeric_limits<unsigned>::max();
    std::function<void(const std::string&)> say = [](const std::string&) {};
    std::vector<std::filesystem::path> directories = Ledger::usual_directories();
    Texts texts = text_of;
    // How long a cell waits for what other programs have, while no cell of any run runs.
    std::chrono::milliseconds patience = std::chrono::minutes(1);
  };
  explicit Gate(Setup setup);

  struct Answer {
    std::vector<std::size_t> start;  // of `waiting`, in order; they are claimed now
    std::string hopeless;            // why the first of them will not start; "" while it may
  };
  // To be asked when there is something to start, when something ended, when changed() is readable
  // and, while anything waits, each kLook. Says, once for the same runs, what it waits for and who
  // has it.
  Answer ask(std::span<const Needs> running, std::span<const Waiting> waiting);

  // What a build asks for: all its cores at once, and no more of anything than this host has.
  Needs of_build(Needs needs) const;

  int changed() const noexcept { return ledger_.changed(); }

 private:
  Answer choose(std::span<const Needs> running, std::span<const Waiting> waiting,
                const std::vector<Claim>& others, Claim& mine);
  void note_what_is_waited_for(const Needs& first, const Limits& limits, const Limit& shared,
                               const std::vector<Claim>& others, const Claim& mine);
  std::string give_up(const Needs& first, const Room& room, const Room& whole, bool idle);
  void note_once(std::string& last, const std::string& key, const std::string& text);

  const Setup setup_;
  Ledger ledger_;
  std::chrono::nanoseconds since_{0};  // since when the first one waits; 0: there is none
  std::chrono::nanoseconds stuck_{0};  // likewise, with nothing running
  std::string said_, said_problem_;
  std::vector<std::string> to_say_;  // when no other run waits for us to have decided
};

// Claims what a build takes, for as long as it lives, when its turn has come: a core starved by
// compilers is a soft lockup in a guest. What a small host does not have is not asked for.
class Hold {
 public:
  // Waits. Interrupted once `stop_fd` is readable.
  Hold(Gate::Setup setup, Needs needs, int stop_fd);

 private:
  Gate gate_;
};

}  // namespace kproof::resources
