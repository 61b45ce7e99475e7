#include "e2e/host_support.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kproof::e2e::host {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

fs::path plan(const std::string& name) {
  return fs::path(KPROOF_TEST_DIR) / "plans" / ("host_" + name + ".yaml");
}

bool becomes_true(milliseconds deadline, const std::function<bool()>& is_so) {
  for (const auto end = Clock::now() + deadline; Clock::now() < end;
       std::this_thread::sleep_for(milliseconds(5)))
    if (is_so()) return true;
  return is_so();
}

static std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (!more.count(text.substr(0, text.find('=')))) all.push_back(text);
  }
  for (const auto& [name, value] : more)
    all.push_back(name + "=" + value);
  return all;
}

static std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings)
    out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Program::Program(const Spec& spec) : scratch_("kproof-e2e-") {
  std::vector<std::string> argv = spec.argv, environment = environment_with(spec.environment);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, 1, (scratch_.path() / "out").c_str(), kCreate, 0600);
  ::posix_spawn_file_actions_addopen(&files, 2, (scratch_.path() / "err").c_str(), kCreate, 0600);
  const int error = ::posix_spawnp(&pid_, argv[0].c_str(), &files, nullptr, pointers(argv).data(),
                                   pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&files);
  REQUIRE_MESSAGE(error == 0, argv[0]);
  process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

Program::~Program() {
  if (reaped_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Program::signal(int number) const {
  REQUIRE(::kill(pid_, number) == 0);
}

bool Program::says(const std::string& text, milliseconds deadline) const {
  return becomes_true(deadline, [&] { return err().find(text) != std::string::npos; });
}

bool Program::ended_within(milliseconds deadline) {
  pollfd ended{.fd = process_.get(), .events = POLLIN, .revents = 0};
  if (!reaped_ && ::poll(&ended, 1, static_cast<int>(deadline.count())) == 1)
    reaped_ = ::waitpid(pid_, &status_, 0) == pid_;
  return reaped_;
}

bool Program::runs() {
  return !ended_within(milliseconds(0));
}

Ended Program::wait(milliseconds deadline) {
  const bool in_time = ended_within(deadline);
  CHECK_MESSAGE(in_time, "did not end in time; stderr:\n", err());
  if (!in_time) return {.out = out(), .err = err()};
  return {.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -1,
          .signal = WIFSIGNALED(status_) ? WTERMSIG(status_) : 0,
          .out = out(),
          .err = err()};
}

std::vector<std::string> command(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{KPROOF_PROGRAM};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Ended run_kproof(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment, milliseconds deadline) {
  return Program({command(arguments), environment}).wait(deadline);
}

Json results_in(const fs::path& out) {
  std::ifstream file(out / "results.json");
  return file ? Json::parse(file) : Json();
}

void check_passed(const Ended& ended, pid_t kproof, const fs::path& out) {
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  const Json results = results_in(out);
  REQUIRE(results.is_object());
  CHECK(results.at("cells").at(0).at("verdict") == "pass");
  CHECK(left_by(kproof, out).empty());
}

const Json* find_cell(const Json& results, const std::string& id) {
  if (results.is_null()) return nullptr;
  for (const Json& cell : results.at("cells"))
    if (cell.at("id") == id) return &cell;
  return nullptr;
}

std::string plan_to_build(const fs::path& tree) {
  return fmt::format(
      "schema: 1\nname: toy\nkernels:\n"
      "  mine: {{ source: {{ git: {} }} }}\n"
      "  debian: {{ package: linux-image-amd64 }}\n"
      "topologies:\n  l1: {{ memory: 512M }}\ncases:\n  - selftest/pass\n",
      tree.string());
}

fs::path usual_cache() {
  if (const char* cache = std::getenv("KPROOF_CACHE")) return cache;
  if (::geteuid() == 0) return "/var/cache/kproof";
  const char* home = std::getenv("HOME");
  return fs::path(home ? home : "/root") / ".cache/kproof";
}

static void link_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::create_hard_links, error);
  if (error == std::errc::cross_device_link)
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::skip_existing);
}

fs::path make_public_cache(const fs::path& parent) {
  constexpr fs::perms kPublic{0755};
  const fs::path cache = parent / "cache", kernels = usual_cache() / "kernels";
  fs::create_directories(cache / "kernels/images");
  fs::permissions(parent, kPublic);
  for (const char* part : {"packages", "resolved"})
    if (fs::exists(kernels / part)) link_tree(kernels / part, cache / "kernels" / part);
  return cache;
}

static constexpr const char* kOtherUser = "nobody";

std::string no_other_user() {
  if (::geteuid() != 0 || !::getpwnam(kOtherUser)) return "root, who may become the user nobody";
  // The build may lie below a home that others may not enter.
  Program program({as_other_user({KPROOF_PROGRAM, "plan", plan("one")}), {}});
  return program.wait(seconds(10)).code == 0 ? "" : "a checkout that the user nobody may enter";
}

std::vector<std::string> as_other_user(const std::vector<std::string>& argv) {
  const passwd* user = ::getpwnam(kOtherUser);
  std::vector<std::string> all{"setpriv", fmt::format("--reuid={}", user->pw_uid),
                               fmt::format("--regid={}", user->pw_gid), "--clear-groups", "--"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

void give_to_other_user(const std::vector<fs::path>& paths) {
  const passwd* user = ::getpwnam(kOtherUser);
  for (const fs::path& path : paths)
    REQUIRE(::chown(path.c_str(), user->pw_uid, user->pw_gid) == 0);
}

void skip(const std::string& missing) {
  fmt::print("SKIPPED: {}\n", missing);
}

}  // namespace kproof::e2e::host
