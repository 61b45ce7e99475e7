// The runner of one guest and of those inside it (runner.hpp). Internal to run/; its members are in
//   runner.cpp       from QEMU's start to its end: frames, consoles, events, deadlines
//   runner_keep.cpp  what is kept of a failure: memory and trace
//   runner_hold.cpp  a guest that is held for its user
//   runner_room.cpp  what who calls at its door may do
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/failure.hpp"
#include "run/agent_link.hpp"
#include "run/door.hpp"
#include "run/guest_clock.hpp"
#include "run/interview.hpp"
#include "run/nvdimm_file.hpp"
#include "run/runner.hpp"
#include "virt/guest.hpp"

namespace kproof::run {

class Runner : private Room {
 public:
  Runner(const GuestJob& job, const PhaseListener& on_phase)
      : job_(job),
        on_phase_(on_phase),
        link_(job.guest.agent_socket, job.shares_socket),
        nvdimm_(job.guest.nvdimm_file, job.guest.level.nvdimm),
        failures_(job.levels.size(), job.own_case),
        interview_(link_, job.levels.front().console_input),
        hold_(job.hold),
        door_(job.door, *this) {
    outputs_.resize(job.levels.size());
    for (std::size_t i = 0; i < job.levels.size(); ++i)
      levels_.push_back(
          std::make_unique<LevelWatch>(job.levels[i], job.files.level(static_cast<int>(i) + 1)));
  }

  // False when it was stopped by request.
  bool run(virt::Connection& connection, const StopRequest& stop);
  GuestRecord record() const;

 private:
  bool start(virt::Connection& connection, const std::string& xml);
  bool wait(const StopRequest& stop);
  bool outlast_hold(const StopRequest& stop);
  std::chrono::milliseconds patience();
  Time now() { return clock_.now(std::chrono::steady_clock::now()); }
  void look_at_host();
  void look();
  void take_frames();
  void hear_last_words();
  void take_events();
  void take_event(const virt::GuestEvent& event);
  void take_process();
  void tell(const Event& event);  // L1
  void obey(std::size_t index, const std::vector<Action>& actions);
  void obey(std::size_t index, Action action);
  void take_answers();
  void serve_visitor();
  void serve_asks();
  void watch_failures();
  bool keep_core(const StopRequest& stop);
  std::string read_core(const StopRequest& stop);
  bool await_trace(const StopRequest& stop);
  void show_phase();
  bool puts_off(std::size_t index, Action action);
  void hear_failure(std::size_t index, const agent::Frame& frame);
  void look_for_complaints();
  void obey_hold();
  void tell_hold();
  void set_cpus(bool run);
  std::string named(std::size_t index, const std::string& what) const;

  // For who calls at the door.
  int levels() const override { return static_cast<int>(levels_.size()); }
  nlohmann::json state() const override;
  Hold& hold() override { return hold_; }
  void ask(int level, std::string command, std::shared_ptr<util::Fd> file, Answer answer) override;
  void type(int level, std::string_view bytes) override;
  void send(int level, agent::Type type, const std::string& payload) override;
  std::string why_no_shell(int level) const override;
  std::string why_no_qemu(int level) const override;
  std::filesystem::path console(int level) const override;

  const GuestJob& job_;
  const PhaseListener& on_phase_;
  GuestClock clock_{std::chrono::steady_clock::now()};
  Time next_look_at_host_{};
  AgentLink link_;
  NvdimmFile nvdimm_;
  std::vector<std::unique_ptr<LevelWatch>> levels_;
  std::pair<int, model::Phase> shown_{0, model::Phase::start};
  FailureWatch failures_;
  // Both before guest_, so that its QEMU goes first.
  Interview interview_;  // of those that hang
  std::optional<virt::Monitor> core_monitor_;
  Hold hold_;
  Door door_;
  // What is done when nobody holds it up any more: killing, and to let agents end (Job::hold).
  std::vector<std::pair<std::size_t, Action>> put_off_;
  std::set<std::size_t> may_end_;
  std::vector<agent::FirstFailure> outputs_;
  std::string told_;                 // why it is held, as its user was told
  std::optional<bool> cpus_ = true;  // they run, as we had them set; nothing: a user may have, too
  bool by_hand_ = false;             // a user may be setting them
  bool typing_ = false;              // L1's console takes what we type
  bool gone_ = false;                // QEMU is
  std::optional<virt::Guest> guest_;
  std::optional<virt::QemuExit> exit_;
};

// Ours before it is QEMU's: what a system's libvirt made, only root could read.
void make_file(const std::filesystem::path& path);

}  // namespace kproof::run
