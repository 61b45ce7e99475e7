#include "program.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace kproof::guest {

[[noreturn]] static void give_up(const std::string& error, int err) {
  ::dprintf(err, "%s\n", error.c_str());
  ::_exit(127);
}

[[noreturn]] void become(const Birth& birth) {
  const auto& [in, out, err] = birth.streams;
  ::setsid();
  if (birth.terminal) ::ioctl(in, TIOCSCTTY, 0);
  ::dup2(in >= 0 ? in : ::open("/dev/null", O_RDONLY), 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!birth.root.empty() && ::chroot(birth.root.c_str()) != 0) std::perror("chroot");
  if (::chdir(birth.directory.c_str()) != 0) std::perror(birth.directory.c_str());
  for (const auto& [name, value] : birth.environment)
    ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const std::string& word : birth.argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  std::fprintf(stderr, "%s: %s\n", words[0], std::strerror(errno));
  ::_exit(127);
}

std::string start(const std::vector<std::string>& argv, const Environment& environment,
                  Program& program, std::string (*prepare)()) {
  int out[2], err[2];
  if (argv.empty()) return "no program in the job";
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
    return std::string("pipe: ") + std::strerror(errno);
  program.pid = ::fork();
  if (program.pid == 0 && prepare)
    if (const std::string error = prepare(); !error.empty()) give_up(error, err[1]);
  if (program.pid == 0)
    become({.argv = argv, .environment = environment, .streams = {.out = out[1], .err = err[1]}});
  ::close(out[1]);
  ::close(err[1]);
  program.out = out[0];
  program.err = err[0];
  return program.pid < 0 ? std::string("fork: ") + std::strerror(errno) : "";
}

}  // namespace kproof::guest
