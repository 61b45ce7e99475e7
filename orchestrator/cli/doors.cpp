#include "cli/doors.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "resources/shared.hpp"
#include "util/error.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using nlohmann::json;

// Whoever keeps the door turns twenty times a second; a QEMU that opens a stub takes longer.
static constexpr int kPatienceMs = 20000;

static util::Fd connect(const fs::path& door) {
  util::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = door.string();
  if (name.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, name.c_str(), name.size());
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
  return fd;
}

// Byte by byte: what stands behind the line is another's to read.
static std::string read_line(int fd) {
  std::string line;
  for (char c;;) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, kPatienceMs) <= 0) return "";
    const ssize_t n = ::read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return "";
    if (c == '\n') return line;
    line += c;
  }
}

Call call(const fs::path& door, const json& request) {
  Call call{connect(door), {}};
  const std::string line = request.dump() + "\n";
  if (call.fd && ::send(call.fd.get(), line.data(), line.size(), MSG_NOSIGNAL) ==
                     static_cast<ssize_t>(line.size()))
    call.answer = json::parse(read_line(call.fd.get()), nullptr, false);
  if (!call.answer.is_object())
    throw HostError("the kproof that owns the guest does not answer: it has ended, or is about to");
  if (call.answer.contains("error"))
    throw ConfigError(call.answer.value("error", "refused"),
                      "`kproof help attach` has what each way needs");
  return call;
}

static std::vector<Door> all_doors() {
  std::vector<Door> doors;
  std::error_code ignored;  // directories come and go, and others' are closed to us
  for (const fs::path& parent : {fs::path(resources::kMemoryFiles), fs::temp_directory_path()})
    for (const auto& run : fs::directory_iterator(parent, ignored)) {
      if (!run.path().filename().string().starts_with("kproof-run-")) continue;
      for (const auto& file : fs::directory_iterator(run.path(), ignored))
        if (file.path().filename().string().starts_with("door-") && file.path().extension().empty())
          doors.push_back({file.path(), {}});
    }
  std::erase_if(doors, [](Door& door) {
    try {
      door.state = call(door.path, {{"do", "tell"}}).answer;
      return false;
    } catch (const Error&) {
      return true;  // its guest has ended
    }
  });
  std::ranges::sort(doors, {}, [](const Door& door) { return door.state.value("cell", ""); });
  return doors;
}

static bool is_of(const Door& door, const std::string& name) {
  const std::string cell = door.state.value("cell", ""), out = door.state.value("out", "");
  const fs::path path = fs::weakly_canonical(name);
  return name.empty() || cell.find(name) != cell.npos || path == fs::path(out) ||
         path == fs::path(out) / "cells" / cell;
}

std::vector<Door> find_doors(const std::string& name) {
  std::vector<Door> all = all_doors(), found;
  std::ranges::copy_if(all, std::back_inserter(found),
                       [&](const Door& door) { return is_of(door, name); });
  const auto exact = std::ranges::find_if(
      found, [&](const Door& door) { return door.state.value("cell", "") == name; });
  if (exact != found.end() && found.size() > 1) found = {Door(*exact)};
  if (found.empty() && !name.empty())
    throw ConfigError(fmt::format("no guest of a run of yours is of `{}`", name),
                      all.empty() ? "no run of yours has a guest now"
                                  : "`kproof attach` lists the guests that there are");
  return found;
}

static bool is_held(const Door& door) {
  return !door.state.value("why", "").empty();
}

Door find_door(const std::string& name) {
  const std::vector<Door> doors = find_doors(name);
  if (doors.size() == 1) return doors.front();
  if (std::ranges::count_if(doors, is_held) == 1) return *std::ranges::find_if(doors, is_held);
  if (doors.empty())
    throw ConfigError("no run of yours has a guest now",
                      "start one with `kproof run PLAN --pause-on finding`, or with --keep");
  std::string which;
  for (const Door& door : doors)
    which += "\n  " + describe(door);
  throw ConfigError(fmt::format("there are {} guests:{}", doors.size(), which), "name one");
}

std::string describe(const Door& door) {
  const json& state = door.state;
  const std::string why = state.value("why", "");
  const std::size_t levels = state.contains("levels") ? state["levels"].size() : 1;
  return fmt::format("{}  {}{}  L{} of {}, {}, of kproof {}", state.value("cell", "?"),
                     state.value("state", "?"), why.empty() ? "" : ": " + why,
                     state.value("level", 1), levels, state.value("phase", "?"),
                     state.value("pid", 0));
}

}  // namespace kproof::cli
