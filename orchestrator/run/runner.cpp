#include "run/runner.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "agent/failure.hpp"
#include "run/agent_link.hpp"
#include "run/door.hpp"
#include "run/ending.hpp"
#include "run/guest_clock.hpp"
#include "run/interview.hpp"
#include "run/nvdimm_file.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "virt/guest.hpp"
#include "virt/qemu_log.hpp"
#include "virt/run_delay.hpp"

namespace kproof::run {
namespace fs = std::filesystem;
using agent::Type;
using std::chrono::steady_clock;

// A console is a file that grows: nothing tells when. This often we look.
static constexpr std::chrono::milliseconds kConsoleLook{50};
// Where the memory at a finding is wanted.
static constexpr std::chrono::milliseconds kHastyLook{5};
static constexpr std::chrono::milliseconds kHostLook{500};

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
  GuestStory story() const;

 private:
  bool start(virt::Connection& connection, const std::string& xml);
  bool wait(const StopRequest& stop);
  bool outlast_hold(const StopRequest& stop);
  std::chrono::milliseconds patience();
  Time now() { return clock_.now(steady_clock::now()); }
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
  void send(int level, Type type, const std::string& payload) override;
  std::string why_no_shell(int level) const override;
  std::string why_no_qemu(int level) const override;
  std::filesystem::path console(int level) const override;

  const GuestJob& job_;
  const PhaseListener& on_phase_;
  GuestClock clock_{steady_clock::now()};
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
static void make_file(const fs::path& path) {
  const util::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!file) throw util::file_error("create", path, errno);
}

bool Runner::run(virt::Connection& connection, const StopRequest& stop) {
  const std::string xml = vm::domain_xml(job_.guest);
  util::write_file_atomically(job_.files.domain(), xml);
  show_phase();
  LevelWatch& outermost = *levels_.front();
  outermost.prepare(now());
  make_file(job_.guest.console_log);
  if (!start(connection, xml)) return true;
  nvdimm_.unlink();  // QEMU has it open: from here on it goes with QEMU, even if we are killed
  tell(Started{});
  while (!outermost.over())
    if (!wait(stop) || !keep_core(stop)) return false;
  if (!await_trace(stop)) return false;
  if (!outlast_hold(stop)) return false;
  hear_last_words();
  if (job_.visitor) job_.visitor->end();
  for (std::size_t i = 1; i < levels_.size(); ++i) {
    levels_[i]->tell(OuterEnded{}, now());
  }
  return true;
}

// libvirt quotes QEMU only if QEMU wrote before libvirt looked; its log has the words in any case.
static std::string with_last_words(std::string error, const fs::path& log) {
  const std::string words = fs::exists(log) ? virt::last_words(util::read_file(log)) : "";
  if (words.empty() || error.find(words) != std::string::npos) return error;
  return fmt::format("{}; QEMU said: {}", error, words);
}

bool Runner::start(virt::Connection& connection, const std::string& xml) try {
  guest_.emplace(connection.start(job_.guest.name, xml));
  link_.expect(guest_->pid());
  return true;
} catch (const HostError& error) {
  const std::string why = with_last_words(error.what(), connection.qemu_log(job_.guest.name));
  tell(QemuGone{fmt::format("did not start: {}", why)});
  return false;
}

std::chrono::milliseconds Runner::patience() {
  auto least = job_.core ? kHastyLook : kConsoleLook;
  for (const auto& level : levels_)
    if (const auto due = level->next_deadline())
      least = std::min(least, std::chrono::ceil<std::chrono::milliseconds>(*due - now()));
  return std::max(least, std::chrono::milliseconds(0));
}

// Sleeps until something happens or is due, then looks at everything; false on a request to stop.
bool Runner::wait(const StopRequest& stop) {
  std::vector<pollfd> fds = door_.fds();
  fds.insert(fds.begin(), {{stop.fd(), POLLIN, 0},
                           {link_.fd(), link_.events(), 0},
                           {guest_->events().fd(), POLLIN, 0},
                           {exit_ ? -1 : guest_->process_fd(), POLLIN, 0},
                           {interview_.fd(), POLLIN, 0}});
  if (job_.visitor) std::ranges::copy(job_.visitor->fds(), std::back_inserter(fds));
  ::poll(fds.data(), fds.size(), static_cast<int>(patience().count()));
  if (fds[0].revents) return false;
  look();
  return !job_.visitor || !job_.visitor->left();
}

// The agents and the consoles first: an end is judged by all that was said before it.
void Runner::look() {
  look_at_host();
  link_.flush();
  link_.receive();
  take_frames();
  serve_visitor();
  for (std::size_t i = 0; i < levels_.size(); ++i)
    obey(i, levels_[i]->look(now()));
  take_answers();
  take_process();
  take_events();
  look_for_complaints();
  door_.serve();
  obey_hold();
  for (std::size_t i = 0; i < levels_.size(); ++i)
    obey(i, levels_[i]->tell(Tick{}, now()));
  watch_failures();
  serve_asks();
}

// Not at each event: it is a score of files in /proc, and deadlines are many times longer.
void Runner::look_at_host() {
  const Time ours = steady_clock::now();
  if (guest_->pid() <= 0 || ours < next_look_at_host_) return;  // 0: a daemon's child
  next_look_at_host_ = ours + kHostLook;
  clock_.look(ours, virt::run_delay(guest_->pid()));
  for (const auto& level : levels_)
    level->starve(clock_.behind());
}

void Runner::take_frames() {
  while (const auto frame = link_.decoder().next()) {
    const std::size_t index = frame->level - 1u;
    if (index >= levels_.size())
      tell(StreamBroken{fmt::format("a frame of level {}", frame->level)});
    else
      obey(index, levels_[index]->take(*frame, now()));
    if (job_.visitor && index == job_.visited && !levels_[index]->over())
      job_.visitor->take(*frame);
    failures_.take(index, *frame);
    if (job_.trace && index == job_.traced) job_.trace->take(*frame);
    if (index >= levels_.size() || levels_[index]->over()) continue;
    hear_failure(index, *frame);
    door_.take(frame->level, *frame);
  }
  if (!link_.intruder().empty()) tell(StreamBroken{link_.intruder()});
  if (!link_.decoder().error().empty()) tell(StreamBroken{link_.decoder().error()});
}

static std::string describe(const std::optional<virt::QemuExit>& exit) {
  if (!exit) return "ended by itself";
  if (exit->signal)
    return fmt::format("was killed by signal {} ({})", exit->signal, ::strsignal(exit->signal));
  return fmt::format("exited with {}", exit->exit_code);
}

// What was said before an end is there once the end is told of: QEMU writes the console and the
// port before it says that the guest is gone.
void Runner::hear_last_words() {
  while (link_.receive())
    take_frames();
  take_frames();
  for (std::size_t i = 0; i < levels_.size(); ++i)
    obey(i, levels_[i]->look(now()));
}

// libvirt waits for QEMU to be reaped. An orderly exit was libvirt's doing, whose event follows;
// any other has no event to wait for.
void Runner::take_process() {
  if (exit_) return;
  exit_ = guest_->reap();
  gone_ |= exit_.has_value();
  if (!exit_ || (!exit_->signal && !exit_->exit_code)) return;
  hear_last_words();
  tell(QemuGone{describe(exit_)});
}

void Runner::take_events() {
  while (const auto event = guest_->events().take())
    take_event(*event);
}

void Runner::take_event(const virt::GuestEvent& event) {
  switch (event.kind) {
    case virt::Lifecycle::qmp:
      return obey(0, levels_.front()->take_reply(event.qmp, now()));
    case virt::Lifecycle::shutdown:
      gone_ = true;
      hear_last_words();
      return tell(GuestGone{});
    case virt::Lifecycle::crashed:
      return tell(PanicDevice{});
    case virt::Lifecycle::stopped:
      gone_ = true;
      hear_last_words();
      return exit_ ? tell(GuestGone{}) : tell(QemuGone{describe(exit_)});
    case virt::Lifecycle::connection_lost:
      gone_ = true;
      return tell(QemuGone{"is out of reach: the libvirt daemon is gone"});
  }
}

void Runner::take_answers() {
  while (const auto answer = interview_.take_answer())
    obey(0, levels_.front()->take_reply(*answer, now()));
}

void Runner::serve_visitor() {
  if (!job_.visitor) return;
  for (const agent::Frame& frame : job_.visitor->serve()) {
    if (frame.type == Type::input)
      obey(job_.visited, levels_[job_.visited]->tell(Asked{Type::input_taken}, now()));
    link_.send(frame.type, frame.payload, static_cast<int>(job_.visited) + 1);
  }
}

// What is wrong at any level.
void Runner::watch_failures() {
  if (!job_.core && !job_.trace) return;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::string console = levels_[i]->console_end();
    failures_.see(i, levels_[i]->reports(), console);
    if (levels_[i]->is_examined()) failures_.see_hang(i);
    if (job_.core) job_.core->hear(static_cast<int>(i) + 1, console);
  }
  for (const Seen& seen : failures_.take_signs()) {
    if (job_.core) job_.core->note(seen, now());
    if (job_.trace) job_.trace->note(seen);
  }
  if (!job_.trace) return;
  if (const auto why = job_.trace->take_stop())
    link_.send(Type::stop_trace, *why, static_cast<int>(job_.traced) + 1);
}

static constexpr const char* kInterrupted = "interrupted";

// "" or why the memory was not read. The guest stands still meanwhile, so nothing of it is awaited.
std::string Runner::read_core(const StopRequest& stop) {
  core_monitor_.emplace(*guest_);
  core_monitor_->dump_memory(job_.core->draft(), true);
  for (;;) {
    std::array<pollfd, 3> fds{{{stop.fd(), POLLIN, 0},
                               {core_monitor_->fd(), POLLIN, 0},
                               {exit_ ? -1 : guest_->process_fd(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[0].revents) return kInterrupted;
    take_process();  // libvirt waits for that
    const auto answer = core_monitor_->take();
    if (!answer) continue;
    const auto reply = qmp::parse_reply(*answer);
    return reply && reply->ok ? "" : reply ? reply->text : *answer;
  }
}

// False on a request to stop. A guest that is over goes next. The file is ours before it is QEMU's
// or libvirt's, so that we may read it.
bool Runner::keep_core(const StopRequest& stop) {
  const Time moment = levels_.front()->over() ? Time::max() : now();
  if (!job_.core || !job_.core->due(moment)) return true;
  job_.core->begin();
  make_file(job_.core->draft());
  const Time began = steady_clock::now();
  const std::string error = read_core(stop);
  job_.core->finish(error);
  clock_.hold(std::chrono::duration_cast<util::Millis>(steady_clock::now() - began));
  return error != kInterrupted;
}

// Of a guest that is over, and whose kernel lives on: what it recorded is on its way.
bool Runner::await_trace(const StopRequest& stop) {
  if (!job_.trace) return true;
  const Time limit = now() + levels_.at(job_.traced)->job().deadlines.poweroff;
  while (job_.trace->fetching() && !exit_ && now() < limit)
    if (!wait(stop)) return false;
  return true;
}

void Runner::serve_asks() {
  for (std::size_t i = 0; i < levels_.size(); ++i)
    for (const Ask& ask : levels_[i]->take_asks())
      interview_.ask(static_cast<int>(i) + 1, ask, *guest_);
}

void Runner::tell(const Event& event) {
  obey(0, levels_.front()->tell(event, now()));
}

void Runner::obey(std::size_t index, const std::vector<Action>& actions) {
  for (const Action action : actions)
    obey(index, action);
  show_phase();
}

void Runner::obey(std::size_t index, Action action) {
  const int level = static_cast<int>(index) + 1;
  if (puts_off(index, action)) return;
  switch (action) {
    case Action::send_job:
      return link_.send(Type::job, to_json(levels_[index]->job().job), level);
    case Action::send_ping:
      return link_.send(Type::ping, {}, level);
    case Action::send_abort:
      return link_.send(Type::abort, {}, level);
    case Action::examine_case:
    case Action::examine_kernel:
    case Action::check_oops:
      return;  // LevelWatch has seen to it
    case Action::stop:
      if (level > 1) link_.send(Type::stop_inner, {}, level);
      return;  // L1 goes with us
  }
}

// Of the innermost guest that runs: that is where things happen.
void Runner::show_phase() {
  std::size_t index = 0;
  while (index + 1 < levels_.size() && levels_[index + 1]->begun() && !levels_[index + 1]->over())
    ++index;
  const std::pair now{static_cast<int>(index) + 1, levels_[index]->phase()};
  if (now != shown_) on_phase_(now.first, now.second);
  shown_ = now;
}

GuestStory Runner::story() const {
  GuestStory story;
  for (const auto& level : levels_)
    story.push_back(level->story());
  story.front().visits = hold_.visits();
  story.front().outcome.starved = clock_.worst();
  if (clock_.hopeless())
    for (LevelStory& level : story)
      blame_starvation(level.outcome, clock_.starved());
  return story;
}

// What is wrong at a level, for a user who may see several.
std::string Runner::named(std::size_t index, const std::string& what) const {
  return levels_.size() > 1 ? fmt::format("L{}: {}", index + 1, what) : what;
}

// Of a frame that had its place.
void Runner::hear_failure(std::size_t index, const agent::Frame& frame) {
  if (frame.type == Type::case_stdout && !levels_[index]->job().job.visit)
    if (const auto line = outputs_[index].hear(frame.payload)) hold_.on_not_ok(named(index, *line));
  if (frame.type != Type::case_ended) return;
  std::string failure, ignored;
  if (const auto ended = agent::parse_case_ended(frame.payload, ignored))
    failure = ended->aborted     ? "its case was killed"
              : ended->signal    ? fmt::format("its case died of signal {}", ended->signal)
              : ended->exit_code ? fmt::format("its case exited with {}", ended->exit_code)
                                 : "";
  hold_.on_case_ended(failure.empty() ? "" : named(index, failure));
  if (levels_[index]->job().job.hold) may_end_.insert(index);
}

void Runner::look_for_complaints() {
  for (std::size_t i = 0; i < levels_.size(); ++i)
    if (const auto what = levels_[i]->take_complaint()) hold_.on_finding(named(i, *what));
}

// What kills waits while somebody wants to see what it kills.
bool Runner::puts_off(std::size_t index, Action action) {
  if (action == Action::send_abort) hold_.on_doomed(named(index, "its case hangs"));
  if (action == Action::stop && index > 0)
    if (const std::string doom = doom_of(levels_[index]->story().outcome.end); !doom.empty())
      hold_.on_doomed(named(index, doom));
  const bool kills = action == Action::send_abort || (action == Action::stop && index > 0);
  if (!kills || !hold_.time_stops()) return false;
  put_off_.emplace_back(index, action);
  return true;
}

// L1 is over, and its QEMU may still be there, to be killed when we return.
bool Runner::outlast_hold(const StopRequest& stop) {
  if (!guest_ || gone_) return true;
  if (const std::string doom = doom_of(levels_.front()->story().outcome.end); !doom.empty())
    hold_.on_doomed(named(0, doom));
  obey_hold();
  serve_asks();
  if (hold_.time_stops()) levels_.front()->close_logs();
  while (hold_.time_stops() && !gone_)
    if (!wait(stop)) return false;
  return true;
}

void Runner::tell_hold() {
  if (hold_.why() == told_) return;
  told_ = hold_.why();
  job_.say(told_);
}

// Who has a debugger or the monitor may stop and start CPUs as he likes; when he has left they are
// as the hold says.
void Runner::obey_hold() {
  tell_hold();
  clock_.hold(steady_clock::now(), hold_.time_stops());
  if (hold_.time_stops())
    for (const auto& watched : levels_)
      watched->excuse_stops();
  const bool by_hand = hold_.inside(Way::gdb) || hold_.inside(Way::monitor);
  if (std::exchange(by_hand_, by_hand) && !by_hand) cpus_.reset();
  if (!hold_.inside(Way::gdb) && cpus_ != !hold_.cpus_stop()) set_cpus(!hold_.cpus_stop());
  if (hold_.time_stops()) return;
  for (const auto& [index, action] : std::exchange(put_off_, {}))
    obey(index, action);
  for (const std::size_t index : std::exchange(may_end_, {}))
    link_.send(Type::go_on, {}, static_cast<int>(index) + 1);
}

void Runner::set_cpus(bool run) {
  cpus_ = run;
  if (gone_) return;
  levels_.front()->ask({qmp::command(run ? "cont" : "stop")}, [this, run](const std::string& line) {
    const auto reply = qmp::parse_reply(line);
    if (reply && !reply->ok)
      job_.say(fmt::format("its CPUs cannot be {}: {}", run ? "started" : "stopped", reply->text));
  });
}

nlohmann::json Runner::state() const {
  nlohmann::json state = nlohmann::json::parse(job_.facts, nullptr, false);
  if (!state.is_object()) state = nlohmann::json::object();
  state["state"] = hold_.cpus_stop() ? "paused" : "running";
  state["why"] = hold_.why();
  state["level"] = shown_.first;
  state["phase"] = to_string(shown_.second);
  state["pid"] = ::getpid();
  return state;
}

void Runner::ask(int level, std::string command, std::shared_ptr<util::Fd> file, Answer answer) {
  levels_.at(static_cast<std::size_t>(level) - 1)
      ->ask({std::move(command), std::move(file)}, std::move(answer));
}

// The serial port of L1 is a file that QEMU only writes to, until somebody types.
void Runner::type(int level, std::string_view bytes) {
  const LevelJob& job = levels_.front()->job();
  interview_.ask(level, TypeText{std::string(bytes)}, *guest_);
  if (level > 1 || std::exchange(typing_, true)) return;
  const auto& output = job.console_of_qemu.empty() ? job_.guest.console_log : job.console_of_qemu;
  ask(1, qmp::read_from("charserial0", job.console_input.string(), output.string()), nullptr, {});
}

void Runner::send(int level, Type type, const std::string& payload) {
  const std::size_t index = static_cast<std::size_t>(level) - 1;
  if (type == Type::open_shell) obey(index, levels_[index]->tell(Asked{Type::shell_ended}, now()));
  if (type == Type::input) obey(index, levels_[index]->tell(Asked{Type::input_taken}, now()));
  link_.send(type, payload, level);
}

std::string Runner::why_no_shell(int level) const {
  const LevelWatch& watched = *levels_[static_cast<std::size_t>(level) - 1];
  if (job_.visitor) return "this guest has a command of its user's, and room for one";
  if (!watched.job().job.hold)
    return "this guest has no shell: only a run with --pause-on or --keep puts one into it";
  if (!watched.begun() || watched.phase() < model::Phase::prepare)
    return fmt::format("the agent of L{} is not up yet", level);
  if (watched.over()) return fmt::format("the agent of L{} does not answer any more", level);
  return "";
}

std::string Runner::why_no_qemu(int level) const {
  const std::size_t index = static_cast<std::size_t>(level) - 1;
  const bool to_be_killed =
      std::ranges::find(put_off_, std::pair(index, Action::stop)) != put_off_.end();
  if (!levels_[index]->begun()) return fmt::format("L{} does not run yet", level);
  if (gone_ || (index > 0 && levels_[index]->over() && !to_be_killed))
    return fmt::format("the QEMU of L{} is gone", level);
  return "";
}

fs::path Runner::console(int level) const {
  return job_.files.level(level).console();
}

static void keep_qemu_log(const virt::Connection& connection, const GuestJob& job) {
  std::error_code ignored;  // a daemon's log may not be ours to read
  fs::copy_file(connection.qemu_log(job.guest.name), job.files.level(1).qemu(),
                fs::copy_options::overwrite_existing, ignored);
}

std::optional<GuestStory> run_guest(virt::Connection& connection, const GuestJob& job,
                                    const StopRequest& stop, const PhaseListener& on_phase) {
  std::optional<GuestStory> story;
  {
    Runner runner(job, on_phase);
    if (runner.run(connection, stop)) story = runner.story();
  }
  keep_qemu_log(connection, job);
  return story;
}

}  // namespace kproof::run
