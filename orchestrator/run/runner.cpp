#include "run/runner.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "run/ending.hpp"
#include "run/runner_parts.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
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

void make_file(const fs::path& path) {
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

GuestRecord Runner::record() const {
  GuestRecord record;
  for (const auto& level : levels_)
    record.push_back(level->record());
  record.front().visits = hold_.visits();
  record.front().outcome.starved = clock_.worst();
  if (clock_.hopeless())
    for (LevelRecord& level : record)
      blame_starvation(level.outcome, clock_.starved());
  return record;
}

static void keep_qemu_log(const virt::Connection& connection, const GuestJob& job) {
  std::error_code ignored;  // a daemon's log may not be ours to read
  fs::copy_file(connection.qemu_log(job.guest.name), job.files.level(1).qemu(),
                fs::copy_options::overwrite_existing, ignored);
}

std::optional<GuestRecord> run_guest(virt::Connection& connection, const GuestJob& job,
                                     const StopRequest& stop, const PhaseListener& on_phase) {
  std::optional<GuestRecord> record;
  {
    Runner runner(job, on_phase);
    if (runner.run(connection, stop)) record = runner.record();
  }
  keep_qemu_log(connection, job);
  return record;
}

}  // namespace kproof::run
