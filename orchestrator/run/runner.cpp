#include "run/runner.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "run/agent_link.hpp"
#include "run/console_tail.hpp"
#include "run/nvdimm_file.hpp"
#include "run/output.hpp"
#include "run/session.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "virt/guest.hpp"
#include "virt/qemu_log.hpp"

namespace kproof::run {
namespace fs = std::filesystem;
using agent::Type;
using std::chrono::steady_clock;

static constexpr std::size_t kMostOutput = 16 << 20;  // of a case's stdout, and of its stderr
// A console is a file that grows: nothing tells when. This often we look.
static constexpr std::chrono::milliseconds kConsoleLook{50};

class Runner {
 public:
  Runner(const GuestJob& job, const PhaseListener& on_phase)
      : job_(job),
        on_phase_(on_phase),
        link_(job.guest.agent_socket),
        nvdimm_(job.guest.nvdimm_file, job.guest.level.nvdimm),
        console_(job.files.console()),
        kmsg_(job.files.kmsg(), job.deadlines.console),
        out_(job.files.ktap(), kMostOutput),
        err_(job.files.errors(), kMostOutput),
        session_(job.deadlines, steady_clock::now()) {}

  // False when it was stopped by request.
  bool run(virt::Connection& connection, const StopRequest& stop);
  GuestStory story() const;

 private:
  bool start(virt::Connection& connection, const std::string& xml);
  bool wait(const StopRequest& stop);
  void look();
  void take_frames();
  void take_events();
  void take_process();
  void tell(const Event& event);
  void obey(Action action);

  const GuestJob& job_;
  const PhaseListener& on_phase_;
  AgentLink link_;
  NvdimmFile nvdimm_;
  ConsoleTail console_;
  OutputFile kmsg_, out_, err_;
  Session session_;
  model::Phase shown_ = model::Phase::poweroff;
  std::optional<virt::Guest> guest_;
  std::optional<virt::QemuExit> exit_;
};

bool Runner::run(virt::Connection& connection, const StopRequest& stop) {
  const std::string xml = vm::domain_xml(job_.guest);
  util::write_file_atomically(job_.files.domain(), xml);
  on_phase_(shown_ = model::Phase::start);
  if (!start(connection, xml)) return true;
  nvdimm_.unlink();  // QEMU has it open: from here on it goes with QEMU, even if we are killed
  tell(Started{});
  while (!session_.over())
    if (!wait(stop)) return false;
  link_.receive();  // what the agent said before the end
  take_frames();
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
  return true;
} catch (const HostError& error) {
  const std::string why = with_last_words(error.what(), connection.qemu_log(job_.guest.name));
  tell(QemuGone{fmt::format("did not start: {}", why)});
  return false;
}

// Sleeps until something happens or is due, then looks at everything; false on a request to stop.
bool Runner::wait(const StopRequest& stop) {
  const auto due =
      std::chrono::ceil<std::chrono::milliseconds>(session_.next_deadline() - steady_clock::now());
  std::array<pollfd, 4> fds{{{stop.fd(), POLLIN, 0},
                             {link_.fd(), POLLIN, 0},
                             {guest_->events().fd(), POLLIN, 0},
                             {exit_ ? -1 : guest_->process_fd(), POLLIN, 0}}};
  ::poll(fds.data(), fds.size(),
         static_cast<int>(std::clamp(due, std::chrono::milliseconds(0), kConsoleLook).count()));
  if (fds[0].revents) return false;
  look();
  return true;
}

// The agent and the console first: an end is judged by all that was said before it.
void Runner::look() {
  link_.receive();
  take_frames();
  tell(console_.look());
  take_process();
  take_events();
  tell(Tick{});
}

void Runner::take_frames() {
  while (const auto frame = link_.decoder().next()) {
    if (frame->type == Type::kmsg) kmsg_.append(frame->payload);
    if (frame->type == Type::case_stdout) out_.append(frame->payload);
    if (frame->type == Type::case_stderr) err_.append(frame->payload);
    tell(FrameArrived{*frame});
  }
  if (!link_.decoder().error().empty()) tell(StreamBroken{link_.decoder().error()});
}

static std::string describe(const std::optional<virt::QemuExit>& exit) {
  if (!exit) return "ended by itself";
  if (exit->signal)
    return fmt::format("was killed by signal {} ({})", exit->signal, ::strsignal(exit->signal));
  return fmt::format("exited with {}", exit->exit_code);
}

// libvirt waits for QEMU to be reaped. An orderly exit was libvirt's doing, whose event follows;
// any other has no event to wait for.
void Runner::take_process() {
  if (exit_) return;
  exit_ = guest_->reap();
  if (exit_ && (exit_->signal || exit_->exit_code)) tell(QemuGone{describe(exit_)});
}

void Runner::take_events() {
  while (const auto event = guest_->events().take())
    switch (*event) {
      case virt::Lifecycle::shutdown:
        tell(GuestGone{});
        break;
      case virt::Lifecycle::reboot:
        tell(ResetAsked{});
        break;
      case virt::Lifecycle::crashed:
        tell(PanicDevice{});
        break;
      case virt::Lifecycle::stopped:
        tell(QemuGone{describe(exit_)});
        break;
      case virt::Lifecycle::connection_lost:
        tell(QemuGone{"is out of reach: the libvirt daemon is gone"});
        break;
    }
}

void Runner::tell(const Event& event) {
  for (const Action action : session_.handle(event, steady_clock::now()))
    obey(action);
  if (session_.phase() != shown_) on_phase_(shown_ = session_.phase());
}

void Runner::obey(Action action) {
  switch (action) {
    case Action::send_job:
      return link_.send(Type::job, to_json(job_.job));
    case Action::send_ping:
      return link_.send(Type::ping);
    case Action::send_abort:
      return link_.send(Type::abort);
    case Action::stop:
      return;  // the guest goes with us
  }
}

GuestStory Runner::story() const {
  const auto& hello = session_.hello();
  return {session_.outcome(), hello ? hello->release : "", out_.dropped()};
}

static void keep_qemu_log(const virt::Connection& connection, const GuestJob& job) {
  std::error_code ignored;  // a daemon's log may not be ours to read
  fs::copy_file(connection.qemu_log(job.guest.name), job.files.qemu(),
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
