#include "run/door_caller.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/messages.hpp"
#include "run/qmp.hpp"
#include "run/socket.hpp"
#include "util/error.hpp"

namespace kproof::run {
using agent::Type;
using Json = nlohmann::json;

static constexpr std::size_t kLongestLine = 1 << 16;

DoorCaller::DoorCaller(util::Fd peer, Door& door) : door_(door), peer_(std::move(peer)) {}

DoorCaller::~DoorCaller() {
  self_.reset();
  if (!way_) return;
  if (way_ == Way::shell) room().send(level_, Type::end_shell, "");
  if (way_ == Way::gdb_inside) {
    end_gdb();
    room().ask(level_, qmp::command("cont"), nullptr, {});  // a debugger may have been killed
    ::unlink(gdb_path_.c_str());
  }
  room().hold().leave(*way_);
}

std::vector<pollfd> DoorCaller::fds() const {
  const auto wanted = [](const std::string& unsent) {
    return static_cast<short>(unsent.empty() ? POLLIN : POLLIN | POLLOUT);
  };
  return {{peer_.get(), wanted(unsent_), 0},
          {gdb_ ? gdb_.get() : gdb_listener_.get(), wanted(for_gdb_), 0}};
}

// What is read is at most this much; it returns false at the end.
static bool read_some(const util::Fd& fd, std::string& into) {
  std::array<char, 1 << 16> buffer;
  const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
  if (n > 0) into.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool write_some(const util::Fd& fd, std::string& bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN;
    bytes.erase(0, static_cast<std::size_t>(n));
  }
  return true;
}

bool DoorCaller::serve() {
  if (!hear()) return false;
  if (log_) show_console();
  if (gdb_listener_) relay_gdb();
  return write_some(peer_, unsent_) && !(last_ && unsent_.empty());
}

bool DoorCaller::hear() {
  std::string bytes;
  if (!read_some(peer_, bytes)) return false;
  if (!way_ && !last_) {
    heard_ += bytes;
    const std::size_t end = heard_.find('\n');
    if (end == heard_.npos) return heard_.size() < kLongestLine;
    bytes = heard_.substr(end + 1);
    obey(heard_.substr(0, end));
  }
  decoder_.feed(bytes);
  while (const auto frame = decoder_.next())
    take_frame(*frame);
  return decoder_.error().empty();
}

void DoorCaller::answer(const Json& what) {
  unsent_ += what.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void DoorCaller::refuse(const std::string& why) {
  if (last_) return;
  answer({{"error", why}});
  last_ = true;
}

void DoorCaller::enter(Way way) {
  way_ = way;
  room().hold().enter(way);
}

void DoorCaller::tell(Type type, std::string payload) {
  unsent_ += agent::encode({type, 1, std::move(payload)});
}

void DoorCaller::finish(const std::string& ended) {
  tell(Type::case_ended, ended);
  last_ = true;
}

void DoorCaller::obey(const std::string& line) {
  const Json wanted = Json::parse(line, nullptr, false);
  if (!wanted.is_object()) return refuse("that is no JSON object");
  const Json word = wanted.value("do", Json()), level = wanted.value("level", Json(1));
  if (!word.is_string() || !level.is_number_integer())
    return refuse("`do` and `level` are a text and a number");
  const std::string what = word;
  level_ = level;
  if (level_ < 1 || level_ > room().levels())
    return refuse(fmt::format("this guest has no level {}: it has {}", level_, room().levels()));
  if (what == "shell") return begin_shell(wanted);
  if (what == "monitor") return begin_monitor(wanted);
  if (what == "console") return begin_console();
  if (what == "gdb") return begin_gdb();
  if (what == "pause") room().hold().pause();
  if (what == "resume") room().hold().resume();
  if (what != "pause" && what != "resume" && what != "tell")
    return refuse(fmt::format("nothing is known of `{}` here", what));
  answer(room().state());
  last_ = true;
}

void DoorCaller::begin_shell(const Json& wanted) {
  if (const std::string why = room().why_no_shell(level_); !why.empty()) return refuse(why);
  for (const auto& other : door_.callers_)
    if (other->is_at(Way::shell, level_)) return refuse("somebody else has a shell there");
  const Json term = wanted.value("term", Json("dumb"));
  enter(Way::shell);
  room().send(level_, Type::open_shell,
              to_json(agent::Shell{.argv = {"sh", "-c", "exec bash -i || exec sh -i"},
                                   .environment = {{"PATH",
                                                    "/usr/local/sbin:/usr/local/bin:"
                                                    "/usr/sbin:/usr/bin:/sbin:/bin"},
                                                   {"HOME", "/tmp"},
                                                   {"TERM", term.is_string() ? term : "dumb"},
                                                   {"PS1", "\\h:\\w# "}},
                                   .size = {}}));
  answer(Json::object());
  tell(Type::case_started);
}

void DoorCaller::begin_monitor(const Json& wanted) {
  if (const std::string why = room().why_no_qemu(level_); !why.empty()) return refuse(why);
  if (wanted.value("prompts", Json()) == true) prompt_ = "(qemu) ";
  enter(Way::monitor);
  answer(Json::object());
  tell(Type::case_started);
  tell(Type::case_stdout, prompt_);
}

void DoorCaller::begin_console() {
  log_.reset(::open(room().console(level_).c_str(), O_RDONLY | O_CLOEXEC));
  if (!log_) return refuse(fmt::format("L{} has printed nothing yet", level_));
  constexpr off_t kShown = 4096;  // of what it said before
  const off_t size = ::lseek(log_.get(), 0, SEEK_END);
  ::lseek(log_.get(), std::max<off_t>(0, size - kShown), SEEK_SET);
  enter(Way::console);
  answer(Json::object());
  tell(Type::case_started);
}

void DoorCaller::begin_gdb() {
  if (const std::string why = room().why_no_qemu(level_); !why.empty()) return refuse(why);
  const Way way = level_ == 1 ? Way::gdb : Way::gdb_inside;
  for (const auto& other : door_.callers_)
    if (other->is_at(way, level_)) return refuse("another debugger is there");
  try {
    level_ == 1 ? open_stub() : open_stub_inside();
  } catch (const HostError& error) {
    refuse(error.what());
  }
}

// The socket is ours, as a QEMU that has given up root could make none where we can find it; it
// gets it by a descriptor.
void DoorCaller::open_stub() {
  const std::string path = door_.path_.string() + ".gdb";
  if (std::exchange(door_.stub_open_, true)) {
    enter(Way::gdb);
    return answer({{"socket", path}});
  }
  ::unlink(path.c_str());
  auto listener = std::make_shared<util::Fd>(listen_for_owner(path));
  const auto then = [self = std::weak_ptr(self_)](auto what) {
    return [self, what](const std::string& line) {
      const auto caller = self.lock();
      if (!caller) return;
      const auto reply = qmp::parse_reply(line);
      if (!reply || !reply->ok) {
        (*caller)->door_.stub_open_ = false;
        (*caller)->refuse("QEMU opens no gdb stub: " + (reply ? reply->text : line));
      } else
        what(**caller, reply->text);
    };
  };
  enter(Way::gdb);
  const auto go_on = [](DoorCaller&, const std::string&) {};
  room().ask(1, qmp::get_fd("kproof-gdb"), listener, then(go_on));
  room().ask(1, qmp::listen_on("kproof-gdb"), nullptr, then(go_on));
  room().ask(1, qmp::human("gdbserver chardev:kproof-gdb"), nullptr,
             then([path](DoorCaller& caller, const std::string&) {
               caller.answer({{"socket", path}});
             }));
}

void DoorCaller::open_stub_inside() {
  gdb_path_ = door_.path_.string() + fmt::format(".gdb{}", level_);
  ::unlink(gdb_path_.c_str());
  gdb_listener_ = listen_for_owner(gdb_path_);
  enter(Way::gdb_inside);
  const std::string stub =
      fmt::format("gdbserver unix:{},server=on,wait=off", agent::kInnerGdbSocket);
  room().ask(level_, qmp::human(stub), nullptr, [self = std::weak_ptr(self_)](const std::string&) {
    if (const auto caller = self.lock())
      (*caller)->answer({{"socket", (*caller)->gdb_path_.string()}});
  });
}

void DoorCaller::take_frame(const agent::Frame& frame) {
  if (way_ == Way::shell &&
      (frame.type == Type::input || frame.type == Type::resize || frame.type == Type::output_taken))
    return room().send(level_, frame.type, frame.payload);
  if (frame.type == Type::output_taken)
    unseen_ -= std::min<std::size_t>(unseen_, std::strtoul(frame.payload.c_str(), nullptr, 10));
  if (frame.type != Type::input) return;
  tell(Type::input_taken);
  if (way_ == Way::console && !frame.payload.empty()) room().type(level_, frame.payload);
  if (way_ == Way::monitor) take_command(frame.payload);
}

void DoorCaller::take_command(const std::string& bytes) {
  asked_all_ |= bytes.empty();
  command_ += bytes;
  if (asked_all_ && !command_.empty()) command_ += '\n';
  for (std::size_t end; (end = command_.find('\n')) != command_.npos; command_.erase(0, end + 1)) {
    ++awaited_;
    room().ask(level_, qmp::human(command_.substr(0, end)), nullptr,
               [self = std::weak_ptr(self_)](const std::string& line) {
                 const auto caller = self.lock();
                 if (!caller) return;
                 const auto reply = qmp::parse_reply(line);
                 (*caller)->tell(Type::case_stdout,
                                 (reply ? reply->text : line) + (*caller)->prompt_);
                 if (--(*caller)->awaited_ == 0 && (*caller)->asked_all_)
                   (*caller)->finish(to_json(agent::CaseEnded{}));
               });
  }
  if (asked_all_ && awaited_ == 0) finish(to_json(agent::CaseEnded{}));
}

void DoorCaller::show_console() {
  if (unseen_ >= agent::kOutputWindow) return;
  std::string bytes(16384, '\0');
  const ssize_t n = ::read(log_.get(), bytes.data(), bytes.size());
  if (n <= 0) return;
  bytes.resize(static_cast<std::size_t>(n));
  unseen_ += bytes.size();
  tell(Type::case_stdout, bytes);
}

void DoorCaller::relay_gdb() {
  if (!gdb_) gdb_ = accept_owner(gdb_listener_);
  if (!gdb_) return;
  std::string bytes;
  const bool open = read_some(gdb_, bytes) && write_some(gdb_, for_gdb_);
  if (!bytes.empty()) room().send(level_, Type::gdb_inner, bytes);
  if (open) return;
  end_gdb();
}

void DoorCaller::end_gdb() {
  if (!gdb_) return;
  ++door_.left_[level_];
  room().send(level_, Type::gdb_inner, "");
  for_gdb_.clear();
  gdb_.reset();
}

void DoorCaller::take(int level, const agent::Frame& frame) {
  if (level != level_ || !way_ || last_) return;
  if (way_ == Way::gdb_inside && frame.type == Type::inner_gdb) for_gdb_ += frame.payload;
  if (way_ != Way::shell) return;
  if (frame.type == Type::shell_output) tell(Type::case_stdout, frame.payload);
  if (frame.type == Type::input_taken) tell(Type::input_taken);
  if (frame.type == Type::shell_ended) finish(frame.payload);
}

}  // namespace kproof::run
